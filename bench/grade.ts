// Where the time of a grade goes: the solution of crud-api, graded in each way in turn.
//
//   npm run bench                          five rounds of three ways, interleaved
//   npm run bench -- 9 docker/local        nine rounds, the app in the sandbox, services on this machine
//
// A way is a runtime and a provider. Prints medians in milliseconds; the first round, which fills
// caches, stands in a column of its own (images that the engine keeps are there from before).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Step {
  id: string;
  startedAt: number;
  durationMs: number;
}
interface Report {
  durationMs: number;
  score: { percent: number };
  steps: Step[];
  checks: { startedAt?: number; durationMs: number }[];
}

const root = path.resolve(import.meta.dirname, '..');
const [rounds = '5', ...named] = process.argv.slice(2);
const ways = named.length > 0 ? named : ['process/local', 'process/docker', 'docker/docker'];
const scratch = mkdtempSync(path.join(tmpdir(), 'labs-bench-'));
/** Postgres runs as another user where we are root, and must be able to look into the cache. */
const cache = path.join(process.getuid?.() === 0 ? '/var/cache' : tmpdir(), path.basename(scratch));
process.on('exit', () => {
  for (const directory of [scratch, cache]) rmSync(directory, { recursive: true, force: true });
});

const times = new Map(ways.map((way) => [way, [] as Record<string, number>[]]));
for (let round = 0; round <= Number(rounds); round += 1)
  for (const way of ways) times.get(way)!.push(grade(way, round));

for (const [way, [cold, ...warm]] of times) {
  console.log(`\n${way}: cold, then the median of ${warm.length} warm rounds (ms)`);
  for (const name of Object.keys(cold!)) {
    const median = medianOf(warm.map((each) => each[name] ?? 0));
    console.log(
      `  ${name.padEnd(44)} ${String(cold![name]).padStart(7)} ${String(median).padStart(7)}`,
    );
  }
}

function grade(way: string, round: number): Record<string, number> {
  const [runtime = '', provider = ''] = way.split('/');
  const workspace = path.join(scratch, runtime, provider);
  if (round === 0)
    cpSync(path.join(root, 'test/solutions/crud-api/typescript-fastify'), workspace, {
      recursive: true,
      filter: (file) => !['node_modules', 'dist', '.labs'].includes(path.basename(file)),
    });
  const file = path.join(workspace, 'report.json');
  const startedAt = performance.now();
  const { status } = spawnSync(
    process.execPath,
    [
      path.join(root, 'bin/labs.js'),
      ...['grade', '--trust', '--runtime', runtime, '--provider', provider],
      ...['--reporter', `json=${file}`],
    ],
    {
      cwd: workspace,
      stdio: 'inherit',
      env: {
        ...process.env,
        // Its own, so that the first round is cold whatever was done here before.
        LABS_CACHE_DIR: path.join(cache, runtime, provider),
        LABS_STATE_DIR: path.join(scratch, 'state'),
      },
    },
  );
  const wall = performance.now() - startedAt;
  if (status !== 0) throw new Error(`the solution did not pass with ${way}: exit code ${status}`);
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const started = report.checks.flatMap((check) => check.startedAt ?? []);
  const ends = report.checks.map((check) => (check.startedAt ?? 0) + check.durationMs);
  const steps = Object.fromEntries(report.steps.map(({ id, durationMs }) => [id, durationMs]));
  return rounded({
    'wall, process start to end': wall,
    ...steps,
    'checks, first start to last end': Math.max(...ends) - Math.min(...started),
    'before the first check': Math.min(...started),
    'start of Node.js, imports, teardown': wall - Math.max(...ends),
  });
}

function rounded(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, ms]) => [name, Math.round(ms)]));
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
