import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Results } from '../../src/authoring/results.ts';
import { createRandom } from '../../src/kit/random.ts';
import { labs, root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { processesBelow } from '../support/leftovers.ts';

const place = scratch('verify');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

const LETTERS = path.join(root, 'test/fixtures/packs/letters');

const start = (...args: string[]) => {
  const env = { LABS_CACHE_DIR: at('cache') };
  return spawnLabs(['verify', ...args], { cwd: place.path, runs: at('runs'), env, source: true });
};
const verify = (...args: string[]) => start(...args).ended;
const json = (name: string): Results => JSON.parse(readFileSync(at(name), 'utf8'));

/** A copy of the pack, with something in it written anew. */
function packWith(name: string, file: string, change: (text: string) => string): string {
  cpSync(LETTERS, at(name), { recursive: true });
  writeFileSync(at(name, file), change(readFileSync(at(name, file), 'utf8')));
  return at(name);
}

const nothingLeft = () => {
  expect(existsSync(at('runs')) ? readdirSync(at('runs')) : []).toEqual([]);
  if (process.platform === 'linux') expect(processesBelow(at('runs'))).toEqual([]);
};

describe('labs verify', () => {
  it('proves a pack, and shows which check catches which mutant', async () => {
    const files = ['--json=all.json', '--matrix=all.md', '--matrix=all.html'];
    const { code, output } = await verify('--pack', LETTERS, ...files);
    expect(output).toContain('verify: 6 passed, 0 failed, 0 skipped');
    expect(output).toMatch(/ends-on-sigterm +1 +1 +▇ +ignores-sigterm/);
    expect(output).toContain('Contract: 3 of 4 documented responses were given by a solution');
    expect(output).toContain('POST /letters → 413');
    expect(code).toBe(0);
    expect(json('all.json').labs[0]!.results).toHaveLength(6);
    expect(readFileSync(at('all.md'), 'utf8')).toContain('| ignores-sigterm | ✔ |');
    expect(readFileSync(at('all.html'), 'utf8')).toContain('<th scope="row" title="Hears SIGTERM');
    nothingLeft();
  });

  it('shows what was recorded, and grades nothing', async () => {
    const { code, output } = await verify('--from', 'all.json', '--matrix', 'again.html');
    expect(output).toContain('verify: 6 passed, 0 failed, 0 skipped');
    expect(code).toBe(0);
    expect(readFileSync(at('again.html'), 'utf8')).toBe(readFileSync(at('all.html'), 'utf8'));
  });

  it.each([
    [['--from', 'all.json', '--quick'], '--from and --quick do not go together'],
    [['--from', 'nothing.json'], 'nothing.json cannot be read'],
    [['--from', 'all.md'], 'all.md holds no results of `labs verify`'],
    [['--from', 'all.json', 'jwt-auth'], 'The results have no lab jwt-auth'],
    [['--matrix', 'matrix.pdf'], 'expected a file that ends in .md or .html'],
    [['--repeat', 'often'], 'expected a whole number from 1'],
    [['--pack', LETTERS, '--only', 'loses-leters'], 'Did you mean loses-letters?'],
  ])('%j is the user’s mistake', async (args, message) => {
    const { code, stderr } = await labs(['verify', ...args], { cwd: place.path, runs: at('runs') });
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('says where an edit does not fit, and how to mend it', async () => {
    const pack = packWith('misfit', 'test/mutants/letters/takes-nothing/mutant.yaml', (text) =>
      text.replace('writeHead(400)', 'writeHead(422)'),
    );
    const { code, output } = await verify('--pack', pack, '--only', 'takes-nothing');
    expect(output).toContain(
      'misfit/test/mutants/letters/takes-nothing/mutant.yaml:7:11: edits[0]',
    );
    expect(output).toContain('its text is not in server.js of javascript');
    expect(output).toContain('Write `find` as the file has it now');
    expect(code).toBe(1);
  });

  it('fails where a check has no mutant, but not where only some were asked for', async () => {
    const pack = packWith('idle', 'test/mutants/letters/ignores-sigterm/mutant.yaml', (text) =>
      text
        .replace('caughtBy: [ends-on-sigterm]', 'caughtBy: [passes-letters-on]')
        .replace("process.on('SIGTERM', () => {});", 'handle = () => {};')
        .replace('http.createServer(handle)\n', 'http.createServer((_, to) => to.end())\n'),
    );
    const all = await verify('--pack', pack, '--quick');
    expect(all.output).toContain('check ends-on-sigterm: no mutant makes it fail');
    expect(all.code).toBe(1);
    const some = await verify('--pack', pack, '--quick', '--only', 'takes-nothing');
    expect(some.output).not.toContain('no mutant makes it fail');
    expect(some.code).toBe(0);
  });

  it('counts wrong verdicts under load, with the seeds that bring them back', async () => {
    const pack = packWith('flaky', 'test/solutions/letters/javascript/server.js', (text) =>
      text.replace("letter.text === ''", "letter.text === '' || letter.text.length > 20"),
    );
    const seeds = ['a', 'b', 'c', 'd', 'e', 'f'];
    const long = seeds.filter(
      (seed) => createRandom(seed, 'passes-letters-on').title().length > 20,
    );
    expect(long.length).toBeGreaterThan(0);
    expect(long.length).toBeLessThan(seeds.length);
    const args = ['--pack', pack, '--only', 'javascript', '--json=flaky.json', '--load'];
    const { code, output } = await verify(...args, ...seeds.map((seed) => `--seed=${seed}`));
    expect(output).toContain('Wrong verdicts in 6 runs of each subject, with every core kept busy');
    const wrong = json('flaky.json').labs[0]!.results.filter(({ problems }) => problems.length > 0);
    expect(wrong.map(({ seed }) => seed).toSorted()).toEqual(long);
    expect(output).toMatch(new RegExp(`solution javascript +${long.length} of 6 .* ${long[0]}\\b`));
    expect(code).toBe(1);
  });

  it('interrupted, tells what was graded by then, and leaves nothing', async () => {
    const args = ['--pack', LETTERS, '--repeat=50', '--json=part.json', '--load'];
    const { child, ended } = start(...args);
    for await (const [text] of on(child.stderr!)) if (/^\d+\/300 /m.test(text)) break;
    child.kill('SIGINT');
    const { code, output } = await ended;
    expect(output).toMatch(/verify: \d+ passed, 0 failed, 0 skipped \(interrupted/);
    expect(code).toBe(130);
    const { interrupted, labs } = json('part.json');
    expect(interrupted).toBe(true);
    expect(labs[0]!.results.length).toBeGreaterThan(0);
    expect(labs[0]!.results.length).toBeLessThan(300);
    nothingLeft();
  });

  it('killed, leaves no load', async () => {
    const { child, ended } = start('--pack', LETTERS, '--repeat=50', '--load');
    await once(child.stderr!, 'data');
    child.kill('SIGKILL');
    await ended;
    const clean = spawnLabs(['clean'], { cwd: place.path, runs: at('runs'), source: true });
    await clean.ended;
    nothingLeft();
  });
});

/** What a stream writes, as it comes. */
async function* on(stream: NodeJS.ReadableStream): AsyncGenerator<[string]> {
  for (;;) yield (await once(stream, 'data')) as [string];
}
