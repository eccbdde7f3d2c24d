import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';

const place = scratch('instructors');
afterAll(() => place.remove());

const file = path.join(root, 'docs/instructors.md');
const page = readFileSync(file, 'utf8');

/** What differs from run to run: times, seeds, ids, ports, words drawn at random, and how wide columns are for them. */
function steady(output: string): string {
  return (
    output
      .replace(/\x1b\[[\d;]*m/g, '')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
      .replace(/\(seed [0-9a-f]+\)/g, '(seed <seed>)')
      .replace(/\b\d+(\.\d+)? (ms|s)\b/g, '<time>')
      .replace(/localhost:\d+|127\.0\.0\.1:\d+/g, '<host>')
      .replace(/[ ─·.…]{2,}/g, ' ')
      .replace(/ +$/gm, '')
      // Checks that run side by side end in any order.
      .replace(/^[✔✖○] .*\(<time>\)\n/gm, '')
  );
}

/** Words of a command line, quotes heeded. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

let cwd = place.path;

async function run(line: string): Promise<string> {
  const [program, ...args] = wordsOf(line);
  if (program === 'cd') {
    cwd = path.resolve(cwd, args[0]!);
    return '';
  }
  expect(program).toBe('labs');
  const local = ['verify', 'grade'].includes(args[0]!) ? ['--provider', 'local'] : [];
  const { child, ended } = spawnLabs([...args, ...local], {
    cwd,
    runs: path.join(place.path, 'runs'),
    env: { COLUMNS: '110' },
    source: true,
  });
  let stdout = '';
  child.stdout!.on('data', (text: string) => {
    stdout += text;
  });
  const { code } = await ended;
  // What is being tried may fail; to write a file may not.
  if (local.length === 0) expect(code).toBe(0);
  // What it says of a busy machine is no part of the session.
  const quiet = stdout.replace(/^.*This machine was too busy.*\n( +\S.*\n)*/gm, '');
  return quiet.trim().replaceAll(place.path, '/home/ada');
}

/** `UPDATE_GOLDEN=1` puts what was printed into the page. */
it('shows what its commands print, one after another', async () => {
  let updated = page;
  for (const [block, kind, body] of page.matchAll(/^```(console|diff)\n([\s\S]*?)^```$/gm)) {
    if (kind === 'diff') {
      execFileSync('git', ['apply', '-p0', '--unsafe-paths', '-'], { cwd, input: body! });
      continue;
    }
    const commands = body!.split('\n').filter((line) => line.startsWith('$ '));
    const printed: string[] = [];
    for (const command of commands)
      printed.push([command, await run(command.slice(2))].filter(Boolean).join('\n'));
    const now = `\`\`\`console\n${printed.join('\n')}\n\`\`\``;
    if (steady(now) === steady(block)) continue;
    if (process.env['UPDATE_GOLDEN'] === '1') updated = updated.replace(block, () => now);
    else expect(steady(now)).toBe(steady(block));
  }
  if (updated !== page) writeFileSync(file, updated);
}, 240_000);
