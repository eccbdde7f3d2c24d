import { AppStartError, type PreparedApp } from '../apps/port.ts';
import type { CheckInfo, StageInfo } from '../core/check.ts';
import { interrupted } from '../core/errors.ts';
import type { Failure } from '../core/failure.ts';
import type { LogLine } from '../core/log.ts';
import type { CheckResult, Report } from '../core/report.ts';
import type { Stage } from '../kit/grader.ts';
import { runCheck } from './check-run.ts';
import { lateNote, watchLateness } from './lateness.ts';
import { Lifecycle } from './lifecycle.ts';
import { selectChecks } from './plan.ts';
import { assembleReport } from './report.ts';
import type { GradeContext, GradeRequest, Target } from './request.ts';
import { runChecks } from './scheduler.ts';
import { type Services, startServices, versionsOf } from './services.ts';
import { settingsFor } from './settings.ts';
import { startupFailure } from './startup-failure.ts';
import { isWithheld } from './withheld.ts';
import { appWorld } from './world/app-world.ts';
import type { World } from './world/world.ts';

/**
 * Grades: sets up services and app side by side, tries the checks, takes everything down again, and
 * gives the report.
 * @throws {LabsError} the environment's or our failure, or an interruption; there is then no grade
 */
export async function grade(request: GradeRequest, context: GradeContext): Promise<Report> {
  const { lab, target } = request;
  const { emit, now, signal } = context;
  const selected = selectChecks(lab.grader, request.only);
  emit({
    type: 'run:started',
    lab: { id: lab.manifest.id, title: lab.manifest.title },
    submission: target.kind === 'url' ? target.url : target.submission.directory,
    seed: request.seed,
    stages: lab.stages as StageInfo[],
    checks: (lab.checks as CheckInfo[]).filter((check) => selected.has(check.id)),
  });
  const tell = (notes: readonly string[]) => {
    for (const text of notes) emit({ type: 'note', text });
  };
  tell(request.notes);
  const lifecycle = new Lifecycle({ emit, now, signal });
  const watch = watchLateness();
  let run: Outcome;
  let late: string | undefined;
  let left: string[] = [];
  try {
    run = await outcomeOf(request, context, lifecycle, selected).finally(async () => {
      late = lateNote(watch.stop());
      left = await lifecycle.close();
    });
  } catch (error) {
    if (signal.aborted) throw interrupted(left);
    tell(left);
    throw error;
  }
  tell(left);
  const failed =
    run.startup !== undefined || run.checks.some(({ verdict }) => verdict === 'failed');
  const notes = failed && late !== undefined ? [late] : [];
  const report = assembleReport(request, {
    ...run,
    notes,
    steps: lifecycle.steps,
    durationMs: now(),
  });
  emit({ type: 'run:finished', report });
  return report;
}

interface Outcome {
  checks: CheckResult[];
  worlds: World[];
  services: Record<string, string>;
  /** The app did not come up: nothing was tried. */
  startup?: Failure;
}

async function outcomeOf(
  request: GradeRequest,
  context: GradeContext,
  lifecycle: Lifecycle,
  selected: ReadonlySet<string>,
): Promise<Outcome> {
  const { lab, target } = request;
  const { emit, now, signal } = context;
  const worlds: World[] = [];
  const common = {
    stages: lab.grader.stages,
    selected,
    emit,
    worlds: request.worlds,
  };
  if (target.kind === 'url') {
    const shared = { url: target.url };
    const timed = timedChecks(request, context);
    const checks = await runChecks({ ...common, ...timed, shared, ownWorld: undefined });
    return { checks, worlds, services: {} };
  }

  const set = await startAll(lifecycle, target, lab, signal);
  if ('startup' in set) return { ...untried(request, selected, set.startup), worlds, services: {} };
  const { app, running } = set;
  const services = versionsOf(running);
  const open = async (id: string, title: string, stage?: Stage) => {
    const world = await lifecycle.enter(
      appWorld({
        id,
        title,
        manifest: lab.manifest,
        app,
        services: running,
        instances: { ...lab.grader.instances, ...stage?.instances },
        env: settingsFor(lab.grader, stage, request.seed),
        clocks: stage?.clocks ?? {},
        onLog: (line) => {
          if (!isWithheld(stage)) emit({ type: 'log', line: inWorld(id, line) });
        },
        now,
      }),
    );
    worlds.push(world);
    return world;
  };
  try {
    const world = await open('shared', 'Start the app');
    const ownWorld = (stage: Stage) => open(stage.id, `Start an app for “${stage.title}”`, stage);
    const timed = timedChecks(request, context);
    const checks = await runChecks({ ...common, ...timed, shared: { world }, ownWorld });
    return { checks, worlds, services };
  } catch (error) {
    if (!(error instanceof AppStartError)) throw error;
    return { ...untried(request, selected, startupFailure(error)), worlds, services };
  }
}

/** The app is installed and built while the services start. */
async function startAll(
  lifecycle: Lifecycle,
  target: Extract<Target, { kind: 'submission' }>,
  lab: GradeRequest['lab'],
  signal: AbortSignal,
): Promise<{ app: PreparedApp; running: Services } | { startup: Failure }> {
  const [app, services] = await Promise.allSettled([
    lifecycle.enter(target.runtime.prepare(target.submission)),
    startServices(lab, target.provider, lifecycle),
  ]);
  signal.throwIfAborted();
  if (services.status === 'rejected') throw services.reason;
  if (app.status === 'fulfilled') return { app: app.value, running: services.value };
  if (app.reason instanceof AppStartError) return { startup: startupFailure(app.reason) };
  throw app.reason;
}

/** From the call on their time runs: what comes before them (images, install, build) has limits of its own. */
function timedChecks(request: GradeRequest, context: GradeContext) {
  const deadline = AbortSignal.timeout(request.lab.manifest.deadlines.run * 1000);
  let exchanges = 0;
  const setup = {
    lab: request.lab,
    seed: request.seed,
    signal: context.signal,
    now: context.now,
    nextId: () => ++exchanges,
  };
  return {
    late: () => deadline.aborted,
    runCheck: (stage: Stage, index: number, place: Parameters<typeof runCheck>[2]) =>
      runCheck(stage, index, place, setup),
  };
}

/** Processes of the shared world go by their own names. */
function inWorld(id: string, line: LogLine): LogLine {
  return id === 'shared' ? line : { ...line, source: `${id}/${line.source}` };
}

/** All checks skipped, because there is no app to try them on. */
function untried(
  { lab }: GradeRequest,
  selected: ReadonlySet<string>,
  startup: Failure,
): { checks: CheckResult[]; startup: Failure } {
  const checks = (lab.checks as CheckInfo[]).map(
    ({ timeoutMs: _, ...info }): CheckResult => ({
      ...info,
      verdict: 'skipped',
      skipped: selected.has(info.id) ? 'the app did not start' : 'not asked for',
      gradable: selected.has(info.id),
      earned: 0,
      durationMs: 0,
    }),
  );
  return { checks, startup };
}
