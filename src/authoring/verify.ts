import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Runtime } from '../apps/port.ts';
import type { ContractOutline } from '../core/contract.ts';
import { LabsError, messageOf } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import type { Submission } from '../core/submission.ts';
import type { GradeRequest } from '../grading/request.ts';
import { grade } from '../grading/run.ts';
import { createRunDirectory, type RunDirectory } from '../platform/run-directory.ts';
import type { ServiceProvider } from '../services/port.ts';
import { buildOnce } from './built.ts';
import { watchContract } from './coverage.ts';
import { judge } from './judge.ts';
import { installationOf, materialise } from './materialise.ts';
import { outcomesOf, type SubjectResult } from './results.ts';
import type { Admission } from './schedule/admission.ts';
import type { Subject } from './subject.ts';

export interface VerifyOptions {
  lab: GradeRequest['lab'];
  outline: ContractOutline;
  /** In the order in which they begin. */
  turns: readonly Turn[];
  /** Serves all runs. */
  provider: ServiceProvider;
  /** @param now clock of the run, ms */
  runtimeOf(run: RunDirectory, now: () => number): Promise<Runtime>;
  /** Directories for runs and for what is kept. */
  runs: string;
  cache: string;
  /** How many are graded side by side. */
  admission: Admission;
  /** Of a mutant, tries only the checks that must catch it, and those that they need. */
  quick: boolean;
  version: string;
  signal: AbortSignal;
  onVerified(result: SubjectResult): void;
}

/** A subject to grade once. */
export interface Turn {
  subject: Subject;
  seed: string;
}

/** Each subject `repeat` times with each seed; with a new one each time where none is given. */
export function turnsOf(
  subjects: readonly Subject[],
  seeds: readonly string[],
  repeat: number,
): Turn[] {
  const rounds = Array.from({ length: repeat }, () =>
    seeds.length > 0 ? seeds : [undefined],
  ).flat();
  return rounds.flatMap((seed) =>
    subjects.map((subject) => ({ subject, seed: seed ?? randomBytes(4).toString('hex') })),
  );
}

/**
 * Grades every subject and compares with what is known of it. Resolves when nothing is at work any
 * more; where it was interrupted, to what had been graded by then.
 */
export async function verify(options: VerifyOptions): Promise<SubjectResult[]> {
  const { signal, admission, turns, onVerified } = options;
  const installing = new Map<string, Promise<void>>();
  const outcomes = await Promise.allSettled(
    turns.map((turn) =>
      admission.run(async () => {
        signal.throwIfAborted();
        const result = await verifyOne(turn, options, installing);
        onVerified(result);
        return result;
      }),
    ),
  );
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected' && !signal.aborted) throw failed.reason;
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/** Rejects only if interrupted. */
async function verifyOne(
  { subject, seed }: Turn,
  options: VerifyOptions,
  installing: Map<string, Promise<void>>,
): Promise<SubjectResult> {
  const { lab, outline, provider, signal } = options;
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  const run = await createRunDirectory(options.runs);
  const about = { kind: subject.kind, name: subject.name, seed, ...mutantOf(subject) };
  const contract = watchContract(lab.contract, outline);
  try {
    const runtime = await options.runtimeOf(run, now);
    const installation = (await installationOf(subject.directory)) ?? subject.directory;
    const copy = await once(installing, installation, () =>
      materialise(
        subject,
        path.join(run.path, 'workspace'),
        options.cache,
        // A sandbox keeps what an install step brings by itself.
        runtime.kind === 'process' ? (draft) => install(runtime, draft, signal) : undefined,
      ),
    );
    const submission =
      runtime.kind === 'process'
        ? await buildOnce(copy, options.cache, () => prepare(runtime, copy, signal))
        : copy;
    signal.throwIfAborted();
    const report = await grade(
      {
        lab: { ...lab, contract },
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
    const problems = judge(subject, report);
    return {
      ...about,
      problems,
      ...(isMachines(report) && { environment: true }),
      durationMs: now(),
      score: report.score,
      ...(report.startup !== undefined && { unstarted: true }),
      checks: outcomesOf(report, problems.length > 0),
      steps: report.steps,
      ...(subject.kind === 'solution' && { seen: contract.seen() }),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return {
      ...about,
      problems: [ungraded(error)],
      ...(error instanceof LabsError && error.kind === 'environment' && { environment: true }),
      durationMs: now(),
    };
  } finally {
    await run.remove();
  }
}

function mutantOf(subject: Subject): Pick<SubjectResult, 'mutant'> {
  if (subject.kind !== 'mutant') return {};
  const { solution, fault, caughtBy } = subject.mutant.manifest;
  return { mutant: { solution, fault, caughtBy } };
}

function isMachines({ checks }: Report): boolean {
  return checks.some(({ error }) => error?.kind === 'environment');
}

function ungraded(error: unknown): string {
  const { detail, hint } = error instanceof LabsError ? error : {};
  return [`could not be graded: ${messageOf(error)}`, detail, hint]
    .filter((part) => part !== undefined)
    .join('\n');
}

/** One at a time for the same installation: all but the first find what it needs installed. */
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
  await prepare(runtime, withoutBuild, signal);
}

async function prepare(runtime: Runtime, submission: Submission, signal: AbortSignal) {
  const resource = runtime.prepare(submission);
  try {
    await resource.setup({ signal, progress: () => {} });
  } finally {
    await resource.teardown();
  }
}
