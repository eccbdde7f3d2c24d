import type Docker from 'dockerode';
import { environmentError, type LabsError } from '../../core/errors.ts';
import type { Submission } from '../../core/submission.ts';
import { keepLast } from '../log-lines.ts';
import type { Exit, ProcessSpec, RunningProcess, StartContext } from '../port.ts';
import { commandOf, exitedEarly, notReady, notStartable } from '../start-errors.ts';
import { requireClock, withClock } from './clock.ts';
import type { SubmissionImage } from './image/build.ts';
import type { SandboxNetwork } from './network.ts';
import { waitForReadiness } from './readiness.ts';
import type { Entrance } from './relay/doors.ts';
import { limitReached, notRun, signalOf } from './sandbox/cause.ts';
import {
  type ContainerEnd,
  createContainer,
  NoSuchProgram,
  type SandboxContainer,
} from './sandbox/container.ts';
import type { Limits } from './sandbox/limits.ts';
import { usageOf } from './sandbox/usage.ts';

export interface StartPlan {
  docker: Docker;
  submission: Submission;
  image: SubmissionImage;
  network: SandboxNetwork;
  limits: Limits;
  /** Of the container; another one each time. */
  containerName(process: string): string;
  labels: Readonly<Record<string, string>>;
  /** Of this machine. */
  hostEnv: Readonly<Record<string, string | undefined>>;
  now: () => number;
  /** Has it removed, at the latest when the run ends. */
  own(container: SandboxContainer): void;
}

/** @throws {AppStartError} it exited, listens elsewhere, or never came to serve */
export async function startInSandbox(
  plan: StartPlan,
  spec: ProcessSpec,
  context: StartContext,
): Promise<RunningProcess> {
  const { docker, submission, network, limits } = plan;
  const { clockOffsetMs } = spec;
  const name = `${spec.process}.${spec.instance}`;
  const command = commandOf(submission, spec.process);
  const port = network.newPort();
  const { lines, onLog } = keepLast(spec.onLog);
  const container = await createContainer({
    docker,
    name: plan.containerName(name),
    image: plan.image.name,
    command:
      clockOffsetMs === undefined
        ? command
        : await withClock(command, { name, clockOffsetMs }, plan.hostEnv),
    directory: plan.image.directory,
    env: { ...plan.image.env, ...submission.env, ...spec.env, PORT: String(port) },
    labels: plan.labels,
    profile: { limits, network: network.name, volumes: plan.image.volumes },
    source: name,
    now: plan.now,
    onLog,
  });
  plan.own(container);
  const entrance = await network.enter(port, spec.port);
  const running = control(name, entrance, container, (end) => {
    const cause = limitReached(limits, { outOfMemory: end.outOfMemory, lines });
    // Where the learner looks: beside the app's own last lines.
    if (cause !== undefined)
      onLog({ at: plan.now(), source: name, stream: 'stderr', text: `labs: ${cause}` });
    return cause;
  });
  try {
    await container.start();
    context.signal.throwIfAborted();
    if (spec.readiness === undefined) return running;
    context.progress(`waiting for GET ${spec.readiness} to answer 200`);
    const usage = () => usageOf(docker.getContainer(container.id));
    const signal = AbortSignal.any([context.signal, network.gone]);
    const last = await waitForReadiness(running, spec, usage, signal);
    if (last === 'ready') {
      if (clockOffsetMs !== undefined) requireClock(name, lines);
      return running;
    }
    if (last === 'ended') {
      const exit = await running.exited;
      const missing = notRun(exit.code ?? 0, lines);
      if (missing !== undefined) throw notStartable('exited', command, missing.problem);
      throw exitedEarly(exit, lines, running.cause());
    }
    const pids = (await usage())?.pids;
    const cause = limitReached(limits, { outOfMemory: false, pids, lines });
    const listeners = await network.listeners();
    throw notReady(last, { listeners, port, readiness: spec.readiness, spec, lines, cause });
  } catch (error) {
    // Nothing comes up without these, whatever the program does.
    if (network.lost !== undefined) throw network.lost;
    await running.kill();
    if (running.lost()) throw engineLost(error);
    if (error instanceof NoSuchProgram) throw notStartable('exited', command, error.problem);
    throw error;
  }
}

function engineLost(cause: unknown): LabsError {
  return environmentError('The Docker engine went away while the app started.', {
    hint: 'Start it again; “labs doctor” shows what labs finds.',
    cause,
  });
}

interface Controlled extends RunningProcess {
  /** True where the engine went away rather than the program. */
  lost(): boolean;
  /** The limit that ended it, in a sentence. */
  cause(): string | undefined;
}

function control(
  name: string,
  entrance: Entrance,
  container: SandboxContainer,
  explain: (end: ContainerEnd) => string | undefined,
): Controlled {
  let exit: Exit | undefined;
  let cause: string | undefined;
  let lost = false;
  let forced = false;
  const exited = container.ended.then(async (end) => {
    entrance.shut();
    ({ lost } = end);
    cause = explain(end);
    const signal = signalOf(end.status);
    exit = { code: signal === null ? end.status : null, signal, forced };
    await container.remove().catch(() => {});
    return exit;
  });
  const kill = async () => {
    if (exit === undefined) await container.kill();
    return exited;
  };
  const force = async () => {
    // On a machine that stalls the time may be over before the news comes that it has ended in time.
    if ((await container.hasEnded()) || exit !== undefined) return;
    forced = true;
    await container.kill();
  };
  return {
    name,
    url: `http://127.0.0.1:${entrance.port}`,
    exited,
    get exit() {
      return exit;
    },
    cause: () => cause,
    lost: () => lost,
    terminate: async (graceMs) => {
      if (exit !== undefined) return exit;
      await container.signal('SIGTERM');
      // An engine that can no longer be asked says so by `ended`.
      const timer = setTimeout(() => void force().catch(() => {}), graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
    kill,
    pause: () => container.pause(),
    resume: () => container.resume(),
  };
}
