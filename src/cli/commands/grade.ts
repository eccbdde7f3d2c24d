import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { ExitCode, environmentError, LabsError, messageOf, usageError } from '../../core/errors.ts';
import type { Emit } from '../../core/event.ts';
import type { Report } from '../../core/report.ts';
import type { GradeRequest } from '../../grading/request.ts';
import type { Host } from '../../platform/host.ts';
import { version } from '../../platform/version.ts';
import type { FoundSubmission } from '../../workspace/submission.ts';
import { createReporters } from '../reporters/create.ts';
import { parseServices } from '../services.ts';
import { openSession } from '../session.ts';
import type { TrustOptions } from '../trust.ts';

export interface GradeOptions extends TrustOptions {
  workspace?: string;
  provider: 'auto' | 'docker' | 'local' | 'external';
  service: readonly string[];
  against?: string;
  /** Stands in for what the workspace's manifest says, which is the learner's to write. */
  lab?: string;
  /** Percent; stands in for the lab's passing score. */
  minimumScore?: number;
  pack: readonly string[];
  reveal: boolean;
  only: readonly string[];
  seed?: string;
  all: boolean;
  verbose: boolean;
  reporter: readonly string[];
  autoReporter: boolean;
}

export async function gradeCommand(options: GradeOptions, host: Host): Promise<number> {
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  const reporters = await createReporters(options, host);
  try {
    const report = await (options.against === undefined
      ? gradeWorkspace(options, host, reporters.emit, now)
      : gradeUrl(options, options.against, host, reporters.emit, now));
    return exitCodeOf(report);
  } catch (error) {
    reporters.abort(reasonOf(error));
    throw error;
  } finally {
    await reporters.finish();
  }
}

function reasonOf(error: unknown): string {
  const hint = error instanceof LabsError ? error.hint : undefined;
  return [messageOf(error), ...(hint === undefined ? [] : [hint])].join('\n');
}

async function gradeWorkspace(
  options: GradeOptions,
  host: Host,
  emit: Emit,
  now: () => number,
): Promise<Report> {
  const { readSubmission } = await import('../../workspace/submission.ts');
  const { cwd } = host;
  const submission = await readSubmission(options.workspace ?? '.', { cwd });
  const request =
    options.lab === undefined || options.lab === submission.lab
      ? await commonRequest(options, submission.lab, host, submission)
      : await overridden(options, options.lab, submission, host);
  const services = parseServices(options.service);
  const { decideRuntime } = await import('../trust.ts');
  const { runtime, notes } = await decideRuntime(submission.directory, options, host);
  await using session = await openSession(
    {
      provider: options.provider,
      services,
      runtime,
      lab: request.lab.manifest,
      now,
      emit,
    },
    host,
  );
  // Awaited here: the session's end must not overtake the run.
  return await runGrade(
    {
      ...request,
      notes: [...request.notes, ...notes, session.why],
      target: {
        kind: 'submission',
        submission,
        provider: session.provider,
        runtime: session.runtime,
      },
    },
    { emit, now, signal: host.signal },
  );
}

/** An instructor's workflow names the lab, so that a workspace cannot choose an easier one. */
async function overridden(
  options: GradeOptions,
  lab: string,
  submission: FoundSubmission,
  host: Host,
): Promise<Omit<GradeRequest, 'target'>> {
  const request = await commonRequest(options, lab, host, undefined);
  const note = `Graded as ${lab}, as --lab says; ${submission.labNamedAt} names the lab ${submission.lab}.`;
  return { ...request, notes: [...request.notes, note] };
}

async function gradeUrl(
  options: GradeOptions,
  against: string,
  host: Host,
  emit: Emit,
  now: () => number,
): Promise<Report> {
  const url = URL.parse(against);
  if (url === null || url.protocol !== 'http:') {
    throw usageError(
      `--against ${against}: expected an http:// URL, such as http://localhost:3000.`,
    );
  }
  if (url.pathname !== '/' || url.search !== '') {
    throw usageError(`--against ${against}: expected host and port alone, without a path.`, {
      hint: `The paths of a lab begin at the root of the server: ${url.origin}.`,
    });
  }
  const request = await commonRequest(
    options,
    options.lab ?? (await labOfWorkspace(options, host)),
    host,
    undefined,
  );
  const { whyUnreachable } = await import('../../platform/reachable.ts');
  const why = await whyUnreachable(url);
  host.signal.throwIfAborted();
  if (why !== undefined) {
    throw environmentError(`Nothing can be graded at ${url.origin}: ${why}.`, {
      hint: 'Start the app first; --against takes the address at which it serves.',
    });
  }
  const note = `Only what can be seen from outside ${url.origin} is tried.`;
  return runGrade(
    { ...request, notes: [...request.notes, note], target: { kind: 'url', url: url.origin } },
    { emit, now, signal: host.signal },
  );
}

async function labOfWorkspace(options: GradeOptions, host: Host): Promise<string> {
  const { findSubmission } = await import('../../workspace/submission.ts');
  const found = await findSubmission(options.workspace ?? '.', { cwd: host.cwd });
  if (found !== undefined) return found.lab;
  throw usageError('Which lab? There is no workspace here that says so.', {
    hint: 'Name it: `labs grade --against <url> --lab <lab>`.',
  });
}

async function commonRequest(
  options: GradeOptions,
  labId: string,
  host: Host,
  workspace: FoundSubmission | undefined,
): Promise<Omit<GradeRequest, 'target'>> {
  const { loadForWorkspace } = await import('../packs/load.ts');
  const loaded = await loadForWorkspace(options, labId, workspace, host);
  const { lab, notes } = withMinimumScore(loaded, options.minimumScore);
  return {
    lab,
    seed: options.seed ?? randomBytes(4).toString('hex'),
    worlds: Math.max(2, availableParallelism()),
    version: version(host),
    notes:
      options.only.length === 0
        ? notes
        : [
            ...notes,
            `Only ${options.only.join(', ')} and what they need were tried: not a grade of the whole lab.`,
          ],
    ...(options.only.length > 0 && { only: options.only }),
  };
}

function withMinimumScore(
  { lab, notes }: { lab: GradeRequest['lab']; notes: string[] },
  minimumScore: number | undefined,
): { lab: GradeRequest['lab']; notes: string[] } {
  if (minimumScore === undefined || minimumScore === lab.manifest.passingScore)
    return { lab, notes };
  const note = `${minimumScore} % pass, as --minimum-score says; the lab itself asks for ${lab.manifest.passingScore} %.`;
  const manifest = { ...lab.manifest, passingScore: minimumScore };
  return { lab: { ...lab, manifest }, notes: [...notes, note] };
}

async function runGrade(...args: Parameters<typeof import('../../grading/run.ts').grade>) {
  const { grade } = await import('../../grading/run.ts');
  return grade(...args);
}

/** One meaning each: see README.md. */
function exitCodeOf(report: Report): number {
  if (report.outcome === 'passed') return ExitCode.passed;
  if (report.outcome === 'failed') return ExitCode.belowPassingScore;
  const kinds = report.checks.map((check) => check.error?.kind);
  return kinds.includes('bug') ? ExitCode.bug : ExitCode.environment;
}
