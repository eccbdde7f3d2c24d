import type { LogLine } from '../../core/log.ts';
import type { Command, Submission } from '../../core/submission.ts';
import { identifyProcess, isAlive } from '../../platform/process-table.ts';
import { keepLast } from '../log-lines.ts';
import type { AppStartError, Exit, ProcessSpec, RunningProcess, StartContext } from '../port.ts';
import { waitUntilReady } from '../readiness.ts';
import { commandOf, exitedEarly, notReady, notStartable, portTaken } from '../start-errors.ts';
import { freePort, isServedBy, listenersOf } from './ports.ts';
import { type Group, problemOf, SpawnError, spawnGroup } from './spawn.ts';

/** How often a port that we chose may turn out to be taken when the app wants it. */
const PORTS_TRIED = 3;

/** @throws {AppStartError} it exited, listens elsewhere, or never came to serve */
export async function startProcess(
  submission: Submission,
  spec: ProcessSpec,
  context: StartContext & { now: () => number },
): Promise<RunningProcess> {
  const name = `${spec.process}.${spec.instance}`;
  const command = commandOf(submission, spec.process);
  for (let tried = 1; ; tried += 1) {
    const port = spec.port ?? (await freePort());
    try {
      return await startOn(port, command, submission, { ...spec, name }, context);
    } catch (error) {
      // A port cannot be kept for somebody else: another program may listen there before the app
      // does, and would then answer in its name.
      if (!(error instanceof PortTaken) || spec.port !== undefined || tried === PORTS_TRIED)
        throw error instanceof PortTaken ? error.failure : error;
    }
  }
}

/** The port that we chose went to another program. */
class PortTaken extends Error {
  override readonly name = 'PortTaken';
  readonly failure: AppStartError;

  constructor(failure: AppStartError) {
    super(failure.message);
    this.failure = failure;
  }
}

async function startOn(
  port: number,
  command: Command,
  submission: Submission,
  spec: ProcessSpec & { name: string },
  context: StartContext & { now: () => number },
): Promise<RunningProcess> {
  const { name } = spec;
  const { lines, onLog } = keepLast(spec.onLog);
  const group = await spawnGroup({
    command,
    cwd: submission.directory,
    env: { ...spec.env, PORT: String(port) },
    source: name,
    now: context.now,
    onLog,
  }).catch((error: unknown) => {
    if (error instanceof SpawnError) throw notStartable('exited', command, problemOf(error));
    throw error;
  });
  const running = control(name, port, group);
  if (spec.readiness !== undefined) {
    try {
      await untilReady(running, group, port, spec.readiness, spec, context, () => lines);
    } catch (error) {
      await running.kill();
      throw error;
    }
    if (!(await isServedBy(port, group.pid, spec.env))) {
      await running.kill();
      throw new PortTaken(portTaken(port, lines));
    }
  }
  return running;
}

function control(name: string, port: number, group: Group): RunningProcess {
  let exit: Exit | undefined;
  let forced = false;
  const exited = group.exited.then((end) => {
    exit = { ...end, forced };
    // The main process was asked to end; what it left in its group has nobody to end it.
    group.signalGroup('SIGKILL');
    return exit;
  });
  const force = async () => {
    // On a machine that stalls the time may be over before the news comes that it has ended in time.
    if (!(await isAlive(await identifyProcess(group.pid))) || exit !== undefined) return;
    forced = true;
    group.signalGroup('SIGKILL');
  };
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    exited,
    get exit() {
      return exit;
    },
    terminate: async (graceMs) => {
      if (exit !== undefined) return exit;
      group.signalLeader('SIGTERM');
      const timer = setTimeout(() => void force(), graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
    kill: () => {
      // A group that has ended may give its number to another.
      if (exit === undefined) group.signalGroup('SIGKILL');
      return exited;
    },
    pause: async () => {
      if (exit === undefined) group.signalGroup('SIGSTOP');
    },
    resume: async () => {
      if (exit === undefined) group.signalGroup('SIGCONT');
    },
  };
}

async function untilReady(
  running: RunningProcess,
  group: Group,
  port: number,
  readiness: string,
  spec: ProcessSpec,
  context: StartContext,
  lastLines: () => readonly LogLine[],
): Promise<void> {
  context.progress(`waiting for GET ${readiness} on port ${port} to answer 200`);
  const ended = new AbortController();
  void running.exited.then(() => ended.abort());
  const deadline = AbortSignal.timeout(spec.readyTimeoutMs);
  const until = AbortSignal.any([context.signal, ended.signal, deadline]);
  const last = await waitUntilReady(`${running.url}${readiness}`, until);
  context.signal.throwIfAborted();
  if (running.exit !== undefined) {
    await group.drained;
    const lines = lastLines();
    if (lines.some((line) => isRefused(line.text, port)))
      throw new PortTaken(portTaken(port, lines));
    throw exitedEarly(running.exit, lines);
  }
  if (last === 'ready') return;
  const listeners = await listenersOf(group.pid);
  throw notReady(last, { listeners, port, readiness, spec, lines: lastLines() });
}

/** Whether a line says that this very port was taken; an app that ignores PORT names another. */
function isRefused(text: string, port: number): boolean {
  return /EADDRINUSE|address already in use/i.test(text) && new RegExp(`\\b${port}\\b`).test(text);
}
