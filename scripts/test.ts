// Runs every test that this machine can run. `--docker` (or LABS_REQUIRE_DOCKER=1) makes a missing
// engine a failure instead of a reason to skip. Further arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const args = process.argv.slice(2).filter((argument) => argument !== '--docker');
const docker = process.argv.includes('--docker') || process.env['LABS_REQUIRE_DOCKER'] === '1';

/** What tests need beyond npm, as `labs doctor` calls it; an engine is too much to install unasked. */
const NEEDED = ['postgres', 'redis', 'clock'];

const mayInstall = process.getuid?.() === 0 || process.env['CI'] !== undefined;
if (mayInstall) {
  const only = NEEDED.flatMap((what) => ['--only', what]);
  run(process.execPath, ['bin/labs.js', 'doctor', '--fix', '--yes', ...only]);
}

const scratch = mkdtempSync(path.join(tmpdir(), 'labs-test-'));
const results = path.join(scratch, 'results.json');
const only = process.argv.includes('--docker') ? ['test/docker'] : [];
const status = run(
  'vitest',
  [
    'run',
    ...only,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
    ...args,
  ],
  docker ? { LABS_REQUIRE_DOCKER: '1' } : {},
);

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}
const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
  readFileSync(results, 'utf8'),
) as Results;
rmSync(scratch, { recursive: true });

for (const { name, assertionResults } of testResults)
  for (const { fullName, status: state, failureMessages } of assertionResults) {
    if (state === 'skipped' || state === 'pending') console.log(`skipped: ${fullName}`);
    if (state !== 'failed') continue;
    console.log(`failed: ${path.relative(root, name)}: ${fullName}`);
    for (const message of failureMessages ?? [])
      console.log(message.slice(0, 4_000).replace(/^/gm, '  '));
  }
// A file that cannot be loaded has no tests to count; it has failed all the same.
const unloaded = testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
for (const file of unloaded) console.log(`failed to load: ${path.relative(root, file.name)}`);
console.log(
  `${numPassedTests} passed, ${numFailedTests + unloaded.length} failed, ${numPendingTests} skipped`,
);
process.exitCode = status === 0 ? 0 : 1;

function run(command: string, args: readonly string[], env: Record<string, string> = {}): number {
  const found = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return found.status ?? 1;
}
