import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { labs, root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';

const place = scratch('kit-page');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

const page = readFileSync(path.join(root, 'docs/kit.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n(\/\/ (\S+)\n[\s\S]*?)^```$/gm)].map(
  ([, code, file]) => ({ file: file!, code: code! }),
);
const prose = page.replace(/^```[\s\S]*?^```$/gm, '');

/** Names that the kit's index exports, types too. */
const exported = [
  ...readFileSync(path.join(root, 'src/kit/index.ts'), 'utf8').matchAll(
    /export (?:type )?\{([^}]*)\}/g,
  ),
].flatMap(([, names]) =>
  names!
    .split(',')
    .map((name) => name.replace('type ', '').trim())
    .filter((name) => name !== ''),
);

describe('the page on the kit', () => {
  it('knows what the kit exports', () => {
    expect(exported).toEqual(expect.arrayContaining(['expect', 'StatementRecord', 'SqlRow']));
  });

  it.each(exported)('says what %s is, and shows it', (name) => {
    expect(prose).toMatch(new RegExp(`\`${name}\\b`));
    const word = new RegExp(`\\b${name}\\b`, 'g');
    // In an import, and in what follows it.
    const shown = blocks.filter(({ code }) => (code.match(word) ?? []).length > 1);
    const isGiven = ['Response', 'Random', 'SharedContext'].includes(name);
    expect(shown.length + Number(isGiven)).toBeGreaterThan(0);
  });

  it('has examples whose types are right, and which a right app passes', async () => {
    const pack = at('tour');
    const args = ['new', 'tour', '--pack', pack, '--language', 'javascript'];
    const made = await labs([...args, '--services', 'postgres,redis'], {
      cwd: place.path,
      runs: at('runs'),
    });
    expect(made.code).toBe(0);
    // The page's grader takes the place of the scaffold's, and mutants and template go with that.
    for (const name of ['graders', 'templates', 'test/mutants'])
      rmSync(path.join(pack, name), { recursive: true });
    for (const { file, code } of blocks) {
      mkdirSync(path.dirname(path.join(pack, file)), { recursive: true });
      writeFileSync(path.join(pack, file), code);
    }
    const server = path.join(pack, 'test/solutions/tour/javascript/server.js');
    const text = readFileSync(server, 'utf8');
    writeFileSync(server, `${text}\nprocess.on('SIGTERM', () => process.exit(0));\n`);

    const { code, output } = await spawnLabs(
      [
        'verify',
        'tour',
        '--pack',
        pack,
        '--provider',
        'local',
        '--only',
        'javascript',
        '--json',
        at('results.json'),
      ],
      { cwd: place.path, runs: at('runs'), source: true },
    ).ended;
    expect(output).not.toContain('were not checked');
    expect(output).toMatch(/✔ +solution +javascript +(\d+)\/\1 /);
    expect(code).toBe(0);
    const { checks } = JSON.parse(readFileSync(at('results.json'), 'utf8')).labs[0];
    // One of them is made twice, by a function.
    const written = blocks.flatMap(({ code }) => code.match(/\.\.\.about,/g) ?? []).length;
    expect(checks).toHaveLength(written + 1);
  });
});
