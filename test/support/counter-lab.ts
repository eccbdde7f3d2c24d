import path from 'node:path';
import { createProcessRuntime } from '../../src/apps/process/runtime.ts';
import type { Lab } from '../../src/core/lab.ts';
import type { LabManifest } from '../../src/core/manifest.ts';
import type { Report } from '../../src/core/report.ts';
import { grade } from '../../src/grading/run.ts';
import type { Check, Grader } from '../../src/kit/grader.ts';
import { infoOf } from '../../src/kit/grader.ts';
import { createRunDirectory, type RunDirectory } from '../../src/platform/run-directory.ts';
import type { ServiceProvider } from '../../src/services/port.ts';
import { readSubmission } from '../../src/workspace/submission.ts';
import { root } from './cli.ts';

const about = {
  points: 1,
  hint: 'mend it',
  reference: { title: 'a book', url: 'https://example.com/' },
};

export function check<Context>(id: string, run: (context: Context) => Promise<void>) {
  return { ...about, id, title: id, run } satisfies Check<Context>;
}

/** A lab on Redis, graded with the fixture `counter`. */
export interface CounterRun {
  grader: Omit<Grader, 'lab'>;
  services?: LabManifest['services'];
  runs: string;
  provider(run: RunDirectory): ServiceProvider | Promise<ServiceProvider>;
  seed?: string;
}

/** Grades, and gives the report with the run whose leftovers are to be none. */
export async function gradeCounter(
  options: CounterRun,
): Promise<{ report: Report; run: RunDirectory }> {
  const { runs, seed = 'seed', grader } = options;
  const run = await createRunDirectory(runs);
  const now = () => performance.now();
  const runtime = createProcessRuntime({ env: process.env, run, now, onLog: () => {} });
  try {
    const submission = await readSubmission(path.join(root, 'test/fixtures/apps/counter'));
    const target = {
      kind: 'submission',
      submission,
      provider: await options.provider(run),
      runtime,
    } as const;
    const lab = counterLab(grader, options.services);
    const report = await grade(
      { lab, target, seed, worlds: 2, notes: [], version: '0.0.0' },
      { emit: () => {}, signal: new AbortController().signal, now },
    );
    return { report, run };
  } finally {
    await run.remove();
  }
}

function counterLab(
  grader: CounterRun['grader'],
  services: LabManifest['services'] = { redis: { version: '7', variable: 'REDIS_URL' } },
): Lab<Grader> {
  const { stages } = grader;
  return {
    manifest: {
      id: 'counter',
      title: 'Counter',
      passingScore: 70,
      services,
      processes: { web: { readiness: '/healthz' } },
      deadlines: { run: 60, ready: 10, stop: 5 },
    } as LabManifest,
    origin: { pack: 'test' },
    additions: [],
    paths: {} as Lab['paths'],
    contract: { violations: () => [] },
    schema: '',
    grader: { lab: 'counter', ...grader },
    stages: stages.map(({ id, title }) => ({ id, title })),
    checks: stages.flatMap((stage) => stage.checks.map((each) => infoOf(stage, each as never))),
    digest: 'd1935',
    parts: [],
  };
}
