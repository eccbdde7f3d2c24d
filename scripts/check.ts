// Everything quick, side by side: what a commit should pass. Names of checks choose among them.
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '-p', 'tsconfig.json'],
  // What runs in a page sees the DOM, which nothing else may.
  'types-browser': ['tsc', '-p', 'test/browser/tsconfig.json'],
  lint: ['biome', 'check', '.'],
  generated: ['node', 'scripts/generate.ts', '--check'],
  unit: ['vitest', 'run', 'test/unit', '--reporter=dot'],
};

const named = process.argv.slice(2);
const chosen = Object.entries(CHECKS).filter(
  ([name]) => named.length === 0 || named.includes(name),
);

const outcomes = await Promise.all(
  chosen.map(async ([name, [command, ...args]]) => {
    const startedAt = performance.now();
    const { code, output } = await run(command!, args);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (code !== 0) process.stdout.write(`${output}\n`);
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
    return code;
  }),
);
process.exitCode = outcomes.every((code) => code === 0) ? 0 : 1;

function run(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
