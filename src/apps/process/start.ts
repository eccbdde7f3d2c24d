import type { LogLine } from '../../core/log.ts';
import type { Submission } from '../../core/submission.ts';
import {
  AppStartError,
  type Exit,
  type ProcessSpec,
  type RunningProcess,
  type StartContext,
} from '../port.ts';
import { freePort, listenersOf } from './ports.ts';
import { notStartable } from './prepare.ts';
import { type Readiness, waitUntilReady } from './readiness.ts';
import { type Group, SpawnError, spawnGroup } from './spawn.ts';

const LAST_LINES = 20;

/** @throws {AppStartError} it exited, listens elsewhere, or never came to serve */
export async function startProcess(
  submission: Submission,
  spec: ProcessSpec,
  context: StartContext & { now: () => number },
): Promise<RunningProcess> {
  const name = `${spec.process}.${spec.instance}`;
  const command = submission.processes[spec.process];
  if (command === undefined) {
    throw new AppStartError(
      'exited',
      `labs.yaml does not say how to start \`${spec.process}\`.`,
      `Add it below \`processes:\` in labs.yaml.`,
      [],
    );
  }
  const port = spec.port ?? (await freePort());
  const lines: LogLine[] = [];
  const group = await spawnGroup({
    command,
    cwd: submission.directory,
    env: { ...spec.env, PORT: String(port) },
    source: name,
    now: context.now,
    onLog: (line) => {
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      spec.onLog(line);
    },
  }).catch((error: unknown) => {
    if (error instanceof SpawnError) throw notStartable('exited', command, error);
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
      const timer = setTimeout(() => {
        forced = true;
        group.signalGroup('SIGKILL');
      }, graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
    kill: () => {
      group.signalGroup('SIGKILL');
      return exited;
    },
    pause: () => group.signalGroup('SIGSTOP'),
    resume: () => group.signalGroup('SIGCONT'),
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
  if (running.exit !== undefined) throw exitedEarly(running.exit, lastLines());
  if (last === 'ready') return;
  throw await notReady(last, { group, port, readiness, spec, lines: lastLines() });
}

function exitedEarly(exit: Exit, lines: readonly LogLine[]): AppStartError {
  const how = exit.code === null ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`;
  const busy = lines.some((line) => /EADDRINUSE|address already in use/i.test(line.text));
  return new AppStartError(
    'exited',
    `The app ${how} before it served.`,
    busy
      ? 'It tried a port that is taken. Listen on the port in the environment variable PORT, which is free.'
      : 'Its last lines say why. `start` in labs.yaml is the command that labs runs.',
    lines,
  );
}

async function notReady(
  last: Exclude<Readiness, 'ready'>,
  at: {
    group: Group;
    port: number;
    readiness: string;
    spec: ProcessSpec;
    lines: readonly LogLine[];
  },
): Promise<AppStartError> {
  const within = `within ${at.spec.readyTimeoutMs / 1000} s`;
  if ('status' in last) {
    return new AppStartError(
      'unready',
      `GET ${at.readiness} answered ${last.status}, never 200, ${within}.`,
      `Answer 200 on ${at.readiness} as soon as the app can serve.`,
      at.lines,
    );
  }
  const listeners = await listenersOf(at.group.pid);
  const there = listeners.map(({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  );
  if (listeners.some(({ port }) => port === at.port)) {
    const reachable = listeners.some(
      ({ host, port }) => port === at.port && ['0.0.0.0', '127.0.0.1', '::'].includes(host),
    );
    return reachable
      ? new AppStartError(
          'silent',
          `The app listens on PORT (${at.port}) but GET ${at.readiness} had no answer ${within}.`,
          `See what the handler of ${at.readiness} waits for.`,
          at.lines,
        )
      : new AppStartError(
          'elsewhere',
          `The app listens on ${there.join(', ')}, which 127.0.0.1 does not reach.`,
          'Listen on 0.0.0.0 (all addresses) or 127.0.0.1.',
          at.lines,
        );
  }
  if (there.length > 0) {
    return new AppStartError(
      'elsewhere',
      `The app listens on ${there.join(', ')} instead of PORT, which was ${at.port}.`,
      'Read the port from the environment variable PORT; it differs from run to run.',
      at.lines,
    );
  }
  return new AppStartError(
    'silent',
    `The app runs but listens on no port ${within}.`,
    'Listen on the port in the environment variable PORT once the app can serve.',
    at.lines,
  );
}
