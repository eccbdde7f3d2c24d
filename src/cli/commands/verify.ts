import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { chooseRuntime } from '../../apps/select.ts';
import { rowsOf, unkilled } from '../../authoring/render.ts';
import { shareProvider } from '../../authoring/shared-provider.ts';
import type { Subject } from '../../authoring/subject.ts';
import { type Verified, verify } from '../../authoring/verify.ts';
import { findLab, listLabs, loadLab, type Pack } from '../../catalog/catalog.ts';
import { ExitCode, usageError } from '../../core/errors.ts';
import { BUILT_IN, type LabEntry } from '../../core/lab.ts';
import { findEngine } from '../../docker/engine.ts';
import type { Host } from '../../platform/host.ts';
import { isOwnerAlive } from '../../platform/run-directory.ts';
import { version } from '../../platform/version.ts';
import { openPacks } from '../packs/open.ts';
import { subjectsIn } from '../packs/subjects.ts';
import { typeErrors } from '../packs/types.ts';
import { refuseForeignPacks } from '../packs/use.ts';
import { openRuntime } from '../runtimes.ts';
import { openSession } from '../session.ts';
import { table } from '../table.ts';

export interface VerifyCommandOptions {
  labs: readonly string[];
  pack: readonly string[];
  provider: 'auto' | 'docker' | 'local';
  runtime: 'process' | 'docker';
  only: readonly string[];
  repeat: string;
  quick: boolean;
  jobs?: string;
  json?: string;
}

export async function verifyCommand(options: VerifyCommandOptions, host: Host): Promise<number> {
  const repeat = positive(options.repeat, '--repeat');
  const jobs =
    options.jobs === undefined
      ? Math.max(1, Math.floor(availableParallelism() / 2))
      : positive(options.jobs, '--jobs');
  const packs = await openPacks(options.pack, host);
  await refuseForeignPacks(packs, false, host);
  const entries =
    options.labs.length === 0
      ? (await listLabs(packs, host.cwd)).filter((entry) => isConcerned(entry, packs))
      : await Promise.all(options.labs.map((id) => findLab(packs, id, { cwd: host.cwd })));
  const mistyped = await typeErrors(packs, host);
  const all: Verified[] = [];
  for (const entry of entries)
    all.push(...(await verifyLab(entry, packs, { ...options, repeat, jobs }, host)));
  if (options.json !== undefined)
    await writeFile(
      path.resolve(host.cwd, options.json),
      `${JSON.stringify(all.map(record), null, 2)}\n`,
    );
  const wrong = all.filter(({ problems }) => problems.length > 0).length;
  host.stdout.write(`\nverify: ${all.length - wrong} passed, ${wrong} failed, 0 skipped\n`);
  return wrong === 0 && mistyped === 0 ? ExitCode.passed : ExitCode.belowPassingScore;
}

/** Where packs are named, it is their labs, and those that they add checks to. */
function isConcerned({ origin, additions }: LabEntry, packs: readonly Pack[]): boolean {
  return packs.length === 1 || origin.pack !== BUILT_IN || additions.length > 0;
}

interface Settings {
  provider: 'auto' | 'docker' | 'local';
  runtime: 'process' | 'docker';
  only: readonly string[];
  repeat: number;
  quick: boolean;
  jobs: number;
}

async function verifyLab(
  entry: LabEntry,
  packs: readonly Pack[],
  { provider, runtime, only, repeat, quick, jobs }: Settings,
  host: Host,
): Promise<Verified[]> {
  const { stdout, stderr, directories, signal } = host;
  const lab = await loadLab(entry, { reveal: true });
  const subjects = selected(await subjectsIn(packs, entry), only);
  const { runtime: chosen } = await chooseRuntime({
    asked: runtime,
    own: true,
    trusted: false,
    workspace: entry.paths.manifest,
    findEngine: () => findEngine(host.env),
  });
  await using open = await openSession(
    {
      provider,
      services: {},
      runtime: chosen,
      lab: lab.manifest,
      now: () => performance.now(),
      emit: () => {},
    },
    host,
  );
  stderr.write(
    `${entry.manifest.id}: ${subjects.length} subjects, ${repeat} time(s) each. ${open.why}\n`,
  );
  await using shared = shareProvider(open.provider, signal);
  let done = 0;
  const results = await verify({
    lab,
    subjects,
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
    jobs,
    repeat,
    quick,
    version: version(host),
    signal,
    onVerified: ({ subject, problems, durationMs }) => {
      done += 1;
      const mark = problems.length === 0 ? 'ok' : 'WRONG';
      const count = `${done}/${subjects.length * repeat}`;
      stderr.write(
        `${count} ${subject.kind} ${subject.name}: ${mark} (${(durationMs / 1000).toFixed(1)} s)\n`,
      );
    },
  });
  const head = ['', 'KIND', 'NAME', 'SCORE', 'TIME', 'AS EXPECTED'];
  stdout.write(
    `\n${entry.manifest.id}\n\n${table([head, ...rowsOf(results, '✔', '✘')], stdout.isTerminal ? stdout.columns : 200)}`,
  );
  for (const { subject, seed, problems } of results)
    if (problems.length > 0)
      stdout.write(
        `\n${subject.kind} ${subject.name} (seed ${seed})\n${problems.map((p) => `  ${p}\n`).join('')}`,
      );
  if (only.length === 0) {
    const idle = unkilled(results, lab.checks);
    if (idle.length > 0) stdout.write(`\nChecks that no mutant fails: ${idle.join(', ')}\n`);
  }
  return results;
}

function selected(subjects: readonly Subject[], only: readonly string[]): Subject[] {
  if (only.length === 0) return [...subjects];
  const unknown = only.filter((name) => !subjects.some((subject) => subject.name === name));
  if (unknown.length > 0)
    throw usageError(`There is no template, solution or mutant called ${unknown.join(', ')}.`, {
      hint: `There are: ${subjects.map(({ name }) => name).join(', ')}.`,
    });
  return subjects.filter(({ name }) => only.includes(name));
}

function positive(text: string, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw usageError(`${option} ${text}: expected a whole number from 1.`);
}

function record({ subject, seed, report, problems, durationMs }: Verified) {
  const { kind, name } = subject;
  return { kind, name, seed, problems, durationMs, score: report?.score, checks: report?.checks };
}
