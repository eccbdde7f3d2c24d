import { chooseRuntime } from '../../apps/select.ts';
import { keepCoresBusy } from '../../authoring/cpu-load.ts';
import { keyOf, type LabResults, type SubjectResult } from '../../authoring/results.ts';
import { LoadAdmission } from '../../authoring/schedule/admission.ts';
import { longestFirst } from '../../authoring/schedule/order.ts';
import { about, Progress } from '../../authoring/schedule/progress.ts';
import { keepDurations, readDurations } from '../../authoring/schedule/remembered.ts';
import { limitsOfThisMachine, measureThisMachine } from '../../authoring/schedule/this-machine.ts';
import { shareProvider } from '../../authoring/shared-provider.ts';
import type { Subject } from '../../authoring/subject.ts';
import { turnsOf, verify } from '../../authoring/verify.ts';
import { loadLab, type Pack } from '../../catalog/catalog.ts';
import { readContractOutline } from '../../catalog/contract-outline.ts';
import { nearest } from '../../catalog/nearest.ts';
import { usageError } from '../../core/errors.ts';
import type { Lab, LabEntry } from '../../core/lab.ts';
import { ASKED_FOR_MS, findEngine } from '../../docker/engine.ts';
import { Slots } from '../../grading/slots.ts';
import type { Host } from '../../platform/host.ts';
import { isOwnerAlive } from '../../platform/run-directory.ts';
import { version } from '../../platform/version.ts';
import { subjectsIn } from '../packs/subjects.ts';
import { openRuntime } from '../runtimes.ts';
import { openSession } from '../session.ts';
import type { VerifySettings } from './options.ts';

/** Grades the subjects of a lab; where it is interrupted, gives what was graded by then. */
export async function gradeSubjects(
  entry: LabEntry,
  packs: readonly Pack[],
  settings: VerifySettings,
  host: Host,
): Promise<LabResults> {
  const { stderr, directories, signal } = host;
  const lab = await loadLab(entry, { reveal: true });
  const { id, title } = lab.manifest;
  const subjects = selected(await subjectsIn(packs, entry, host.cwd), settings.only);
  const { runtime: chosen } = await chooseRuntime({
    asked: settings.runtime,
    own: true,
    trusted: false,
    workspace: entry.paths.manifest,
    // Of one's own, only asked where --runtime docker is.
    findEngine: () => findEngine(host.env, ASKED_FOR_MS),
  });
  await using open = await openSession(
    {
      provider: settings.provider,
      services: {},
      runtime: chosen,
      lab: lab.manifest,
      now: () => performance.now(),
      emit: () => {},
    },
    host,
  );
  const outline = await readContractOutline(entry.paths.contract);
  const known = await readDurations(directories.cache, id);
  const measured = (subject: { kind: Subject['kind']; name: string }) =>
    `${settings.quick ? 'quick' : 'whole'} ${keyOf(subject)}`;
  const turns = longestFirst(
    turnsOf(subjects, settings.seeds, settings.repeat),
    ({ subject }) => measured(subject),
    known,
  );
  stderr.write(`${id}: ${subjects.length} subjects, ${turns.length} grades. ${open.why}\n`);
  await using shared = shareProvider(open.provider, signal);
  await using _load = settings.load ? keepCoresBusy() : undefined;
  const progress = new Progress(
    turns.map(({ subject }) => measured(subject)),
    known,
    () => performance.now(),
  );
  let done = 0;
  const results = await verify({
    lab,
    outline,
    turns,
    provider: shared,
    runtimeOf: (run, now) =>
      openRuntime(chosen, {
        env: host.env,
        run,
        isDead: async (owner) => !(await isOwnerAlive(owner)),
        sandbox: lab.manifest.sandbox,
        now,
        onLog: () => {},
      }),
    runs: directories.runs,
    cache: directories.cache,
    admission:
      settings.jobs === undefined
        ? new LoadAdmission(measureThisMachine(), limitsOfThisMachine())
        : new Slots(settings.jobs),
    quick: settings.quick,
    version: version(host),
    signal,
    onVerified: (result) => {
      done += 1;
      progress.finished(measured(result), result.durationMs);
      known.set(measured(result), Math.round(result.durationMs));
      stderr.write(`${done}/${turns.length} ${lineOf(result, progress.remainingMs())}\n`);
    },
  });
  if (!settings.load) await keepDurations(directories.cache, id, known);
  return {
    id,
    title,
    digest: lab.digest,
    quick: settings.quick,
    whole: settings.only.length === 0 && results.length === turns.length,
    load: settings.load,
    stages: lab.stages,
    checks: lab.checks.map((check) => {
      const { id: name, title: says, stage, points } = check;
      return { id: name, title: says, stage, points };
    }),
    own: ownChecks(lab),
    documented: outline.responses,
    results: inOrder(results, subjects),
  };
}

function lineOf({ problems, durationMs, ...subject }: SubjectResult, leftMs: number | undefined) {
  const mark = problems.length === 0 ? 'ok' : 'WRONG';
  const left = leftMs === undefined || leftMs === 0 ? '' : `, ${about(leftMs)} left`;
  return `${keyOf(subject)}: ${mark} (${(durationMs / 1000).toFixed(1)} s)${left}`;
}

function selected(subjects: readonly Subject[], only: readonly string[]): Subject[] {
  if (only.length === 0) return [...subjects];
  const names = subjects.map(({ name }) => name);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const meant = unknown.map((name) => nearest(name, names)).filter((name) => name !== undefined);
    throw usageError(`There is no template, solution or mutant called ${unknown.join(', ')}.`, {
      hint:
        meant.length > 0 ? `Did you mean ${meant.join(', ')}?` : `There are: ${names.join(', ')}.`,
    });
  }
  return subjects.filter(({ name }) => only.includes(name));
}

/** Where packs add checks, the subjects are theirs, and say nothing of the lab's own checks. */
function ownChecks({ additions, parts, checks }: Lab): string[] {
  if (additions.length === 0) return checks.map(({ id }) => id);
  const adding = additions.map(({ origin }) => origin.pack);
  return parts.filter(({ pack }) => adding.includes(pack)).flatMap((part) => part.checks);
}

/** As they are listed, not as they came in. */
function inOrder(results: readonly SubjectResult[], subjects: readonly Subject[]): SubjectResult[] {
  const place = new Map(subjects.map((subject, index) => [keyOf(subject), index]));
  return results.toSorted((a, b) => place.get(keyOf(a))! - place.get(keyOf(b))!);
}
