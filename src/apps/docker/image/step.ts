import type Docker from 'dockerode';
import { environmentError } from '../../../core/errors.ts';
import type { LogLine } from '../../../core/log.ts';
import { orAbort } from '../../../platform/abortable.ts';
import { keepLast } from '../../log-lines.ts';
import { AppStartError } from '../../port.ts';
import { notStartable } from '../../start-errors.ts';
import { howItEnded, isOutOfRoom, limitReached, notRun } from '../sandbox/cause.ts';
import {
  type ContainerEnd,
  type ContainerPlan,
  createContainer,
  NoSuchProgram,
  type SandboxContainer,
} from '../sandbox/container.ts';
import { diskFull, freeMiB } from '../sandbox/disk.ts';
import { type Usage, usageOf } from '../sandbox/usage.ts';

/** A step of labs.yaml, and how far it may go. */
export interface StepLimits {
  /** Of its processes together. */
  cpuSeconds: number;
  /** Generous: a busy machine is not the learner's fault. */
  wallSeconds: number;
  diskMiB: number;
}

export const INSTALL: StepLimits = { cpuSeconds: 300, wallSeconds: 900, diskMiB: 2_048 };
export const BUILD: StepLimits = { cpuSeconds: 180, wallSeconds: 600, diskMiB: 2_048 };

const LOOK_MS = 1_000;

export interface StepPlan extends ContainerPlan {
  step: 'install' | 'build';
  /** The command as messages show it. */
  shown: string;
  bounds: StepLimits;
  /** What went wrong besides, known when it has failed. */
  remark?: () => string | undefined;
  /** Before it starts: the files it works on. */
  fill(container: SandboxContainer): Promise<void>;
}

/**
 * Runs a step to its end in a container of its own, which stays, ended, for its files to be kept.
 * @throws {AppStartError} it failed, or used more than it may
 * @throws {LabsError} `environment`: the engine went away, or its disk is full
 */
export async function runStep(plan: StepPlan, signal: AbortSignal): Promise<SandboxContainer> {
  const { step, shown, bounds, docker } = plan;
  const { lines, onLog } = keepLast(plan.onLog);
  const container = await createContainer({ ...plan, onLog });
  await plan.fill(container);
  signal.throwIfAborted();
  await startStep(container, plan);
  const watch = watchUse(docker, container, bounds);
  try {
    const end = await orAbort(Promise.race([container.ended, watch.exceeded]), signal);
    const name = `\`${shown}\``;
    if (typeof end === 'string')
      throw new AppStartError(step, `${name} ${end}`, hintFor(step, plan), lines);
    if (end.lost) throw environmentError('The Docker engine went away while the app was built.');
    if (end.status !== 0) {
      const full = isOutOfRoom(lines) ? diskFull(await freeMiB(plan)) : undefined;
      throw full ?? failed(end, name, plan, watch.most(), lines);
    }
    return container;
  } finally {
    watch.stop();
  }
}

async function startStep(container: SandboxContainer, plan: StepPlan): Promise<void> {
  await container.start().catch((error: unknown) => {
    if (error instanceof NoSuchProgram)
      throw notStartable(plan.step, [plan.shown.split(' ')[0]!], error.problem);
    throw error;
  });
}

function failed(
  end: ContainerEnd,
  name: string,
  plan: StepPlan,
  most: Usage | undefined,
  lines: readonly LogLine[],
): AppStartError {
  const { step, profile, shown } = plan;
  const missing = notRun(end.status, lines);
  if (missing !== undefined) return notStartable(step, [shown.split(' ')[0]!], missing.problem);
  const seen = { outOfMemory: end.outOfMemory, pids: most?.pids, lines };
  const reason = limitReached(profile.limits, seen);
  const message = [`${name} ${howItEnded(end)}.`, reason].filter(Boolean).join(' ');
  return new AppStartError(step, message, hintFor(step, plan), lines);
}

function hintFor(step: string, { remark }: StepPlan): string {
  return (
    remark?.() ??
    `Run it yourself in a fresh copy of the workspace; \`${step}\` in labs.yaml is the command that labs runs.`
  );
}

/** Looks once a second what the step has used, and says so when that is too much. */
function watchUse(docker: Docker, container: SandboxContainer, bounds: StepLimits) {
  const { promise: exceeded, resolve } = Promise.withResolvers<string>();
  const startedAt = performance.now();
  let most: Usage | undefined;
  let looks = 0;
  let stopped = false;
  let timer = setTimeout(look, LOOK_MS);

  async function look(): Promise<void> {
    const usage = await usageOf(docker.getContainer(container.id));
    if (stopped) return;
    const wallSeconds = (performance.now() - startedAt) / 1000;
    if (usage !== undefined)
      most = {
        cpuSeconds: Math.max(usage.cpuSeconds, most?.cpuSeconds ?? 0),
        pids: Math.max(usage.pids, most?.pids ?? 0),
      };
    const used = most?.cpuSeconds ?? 0;
    looks += 1;
    if (used > bounds.cpuSeconds)
      resolve(`used ${bounds.cpuSeconds} s of CPU time and was not done.`);
    else if (wallSeconds > bounds.wallSeconds)
      resolve(
        `did not finish within ${bounds.wallSeconds} s, in which it used ${used.toFixed(0)} s of CPU time.`,
      );
    else if (looks % 2 === 0 && (await sizeOf(docker, container)) > bounds.diskMiB * 1024 ** 2)
      resolve(`wrote more than ${bounds.diskMiB} MiB.`);
    if (!stopped) timer = setTimeout(look, LOOK_MS);
  }

  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return { exceeded, most: () => most, stop };
}

async function sizeOf(docker: Docker, container: SandboxContainer): Promise<number> {
  const filters = JSON.stringify({ id: [container.id] });
  const found = await docker.listContainers({ all: true, size: true, filters }).catch(() => []);
  return (found[0] as { SizeRw?: number } | undefined)?.SizeRw ?? 0;
}
