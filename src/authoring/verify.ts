import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Runtime } from '../apps/port.ts';
import { interrupted, LabsError, messageOf } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import type { Submission } from '../core/submission.ts';
import type { GradeRequest } from '../grading/request.ts';
import { grade } from '../grading/run.ts';
import { Slots } from '../grading/slots.ts';
import { createRunDirectory, type RunDirectory } from '../platform/run-directory.ts';
import type { ServiceProvider } from '../services/port.ts';
import { judge } from './judge.ts';
import { materialise } from './materialise.ts';
import type { Subject } from './subject.ts';

export interface VerifyOptions {
  lab: GradeRequest['lab'];
  subjects: readonly Subject[];
  /** Serves all runs. */
  provider: ServiceProvider;
  /** @param now clock of the run, ms */
  runtimeOf(run: RunDirectory, now: () => number): Promise<Runtime>;
  /** Directories for runs and for what is kept. */
  runs: string;
  cache: string;
  /** How many subjects are graded side by side. */
  jobs: number;
  /** How often each is graded, each time with another seed. */
  repeat: number;
  /** Of a mutant, tries only the checks that must catch it, and those that they need. */
  quick: boolean;
  version: string;
  signal: AbortSignal;
  onVerified(verified: Verified): void;
}

/** One subject, graded once. */
export interface Verified {
  subject: Subject;
  seed: string;
  /** Undefined where it could not be graded at all. */
  report: Report | undefined;
  /** Empty if the grade is as it should be. */
  problems: readonly string[];
  durationMs: number;
}

/** Grades every subject and compares with what is known of it. Rejects only if interrupted. */
export async function verify(options: VerifyOptions): Promise<Verified[]> {
  const slots = new Slots(options.jobs);
  const installing = new Map<string, Promise<void>>();
  const turns = Array.from({ length: options.repeat }, () => options.subjects).flat();
  return Promise.all(
    turns.map((subject) =>
      slots.run(async () => {
        options.signal.throwIfAborted();
        const verified = await verifyOne(subject, options, installing);
        options.onVerified(verified);
        return verified;
      }),
    ),
  );
}

async function verifyOne(
  subject: Subject,
  options: VerifyOptions,
  installing: Map<string, Promise<void>>,
): Promise<Verified> {
  const { lab, provider, signal } = options;
  const seed = randomBytes(4).toString('hex');
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  const run = await createRunDirectory(options.runs);
  try {
    const runtime = await options.runtimeOf(run, now);
    const submission = await once(installing, subject.directory, () =>
      materialise(
        subject,
        path.join(run.path, 'workspace'),
        options.cache,
        // A sandbox keeps what an install step brings by itself.
        runtime.kind === 'process' ? (draft) => install(runtime, draft, signal) : undefined,
      ),
    );
    const report = await grade(
      {
        lab,
        target: { kind: 'submission', submission, provider, runtime },
        seed,
        worlds: 2,
        notes: [],
        ...(options.quick &&
          subject.kind === 'mutant' && { only: subject.mutant.manifest.caughtBy }),
        version: options.version,
      },
      { emit: () => {}, signal, now },
    );
    return { subject, seed, report, problems: judge(subject, report), durationMs: now() };
  } catch (error) {
    if (signal.aborted) throw interrupted();
    const hint = error instanceof LabsError && error.hint !== undefined ? ` ${error.hint}` : '';
    const problems = [`could not be graded: ${messageOf(error)}${hint}`];
    return { subject, seed, report: undefined, problems, durationMs: now() };
  } finally {
    await run.remove();
  }
}

/** One at a time for the same solution: all but the first find what it needs installed. */
async function once<T>(
  running: Map<string, Promise<void>>,
  key: string,
  action: () => Promise<T>,
): Promise<T> {
  const before = running.get(key) ?? Promise.resolve();
  const result = before.then(action);
  running.set(
    key,
    result.then(
      () => {},
      () => {},
    ),
  );
  return result;
}

async function install(runtime: Runtime, submission: Submission, signal: AbortSignal) {
  const { build: _, ...withoutBuild } = submission;
  const resource = runtime.prepare(withoutBuild);
  try {
    await resource.setup({ signal, progress: () => {} });
  } finally {
    await resource.teardown();
  }
}
