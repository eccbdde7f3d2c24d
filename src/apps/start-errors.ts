import type { LogLine } from '../core/log.ts';
import type { Command, Submission } from '../core/submission.ts';
import { AppStartError, type Exit, type ProcessSpec } from './port.ts';
import type { Unready } from './readiness.ts';

/** Where a program listens. */
export interface Listener {
  /** `0.0.0.0`, `127.0.0.1`, `::1`. */
  host: string;
  port: number;
}

/** @throws {AppStartError} labs.yaml has no command for a process that the lab wants */
export function commandOf({ processes }: Submission, process: string): Command {
  const command = processes[process];
  if (command !== undefined) return command;
  throw new AppStartError(
    'exited',
    `labs.yaml does not say how to start \`${process}\`.`,
    `Add it below \`processes:\` in labs.yaml.`,
    [],
  );
}

/**
 * A command that labs.yaml names and that cannot be run, or is not there.
 * @param problem what the system says; undefined where there is no such program
 */
export function notStartable(
  reason: AppStartError['reason'],
  [file]: Command,
  problem: string | undefined,
): AppStartError {
  const missing = problem === undefined;
  return new AppStartError(
    reason,
    missing ? `There is no program \`${file}\`.` : `\`${file}\` cannot be run: ${problem}`,
    missing
      ? `Install it, or mend the command in labs.yaml; it is looked for on PATH and in node_modules/.bin.`
      : `See the permissions of the file that labs.yaml names.`,
    [],
  );
}

/** Somebody else answers on the port that the app was given. */
export function portTaken(port: number, lines: readonly LogLine[]): AppStartError {
  return new AppStartError(
    'elsewhere',
    `Another program took port ${port} before the app listened there.`,
    'Grade again; the port is another one each time.',
    lines,
  );
}

/** The process ended before it served. */
export function exitedEarly(exit: Exit, lines: readonly LogLine[], cause?: string): AppStartError {
  const how = exit.code === null ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`;
  const busy = lines.some((line) => /EADDRINUSE|address already in use/i.test(line.text));
  return new AppStartError(
    'exited',
    [`The app ${how} before it served.`, cause].filter(Boolean).join(' '),
    busy
      ? 'It tried a port that is taken. Listen on the port in the environment variable PORT, which is free.'
      : 'Its last lines say why. `start` in labs.yaml is the command that labs runs.',
    lines,
    exit,
  );
}

/** The process runs and does not serve: looks where it listens, to say why. */
export function notReady(
  last: Unready,
  at: {
    listeners: readonly Listener[];
    port: number;
    readiness: string;
    spec: ProcessSpec;
    lines: readonly LogLine[];
    /** A limit that it reached, in a sentence. */
    cause?: string | undefined;
  },
): AppStartError {
  const within = `within ${at.spec.readyTimeoutMs / 1000} s`;
  if ('status' in last) {
    return new AppStartError(
      'unready',
      `GET ${at.readiness} answered ${last.status}, never 200, ${within}.`,
      `Answer 200 on ${at.readiness} as soon as the app can serve.`,
      at.lines,
    );
  }
  const { listeners } = at;
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
    [`The app runs but listens on no port ${within}.`, at.cause].filter(Boolean).join(' '),
    'Listen on the port in the environment variable PORT once the app can serve.',
    at.lines,
  );
}
