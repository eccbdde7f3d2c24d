import { isHousekeeping, isTransactionControl } from '../network/redis/classify.ts';
import { type CommandRecord, type SeenCommand, utf8 } from '../network/redis/command.ts';
import type { RedisTap } from '../network/redis/tap.ts';
import {
  createNetwork,
  linksOf,
  type Network,
  type NetworkRecord,
  type ServiceLink,
} from './network.ts';
import {
  answeredSince,
  type Marks,
  marksOf,
  type SeenOptions,
  type Service,
  seenOnAny,
} from './observation.ts';
import { found } from './pattern.ts';
import { shown } from './shown.ts';

export type { CommandRecord };

/** What passes between the app and Redis, and what can go wrong there. */
export interface RedisProbe extends Network {
  /**
   * Commands that were answered since the check began, counted from the wire protocol, in the order
   * of their answers. What is not about the lab's data is left out: HELLO, AUTH, SELECT, CLIENT,
   * PING, INFO, SCRIPT LOAD and their like, and MULTI, EXEC and WATCH around a transaction. What a
   * script does inside of the server is not on the wire: EVALSHA is one command.
   */
  commands(): readonly CommandRecord[];
  /** Runs an action and gives what it returned with the commands that were answered meanwhile. */
  during<T>(action: () => Promise<T>): Promise<{ result: T; commands: readonly CommandRecord[] }>;
  /**
   * Settles when the app has sent a command that matches, answered or not: `/^SET product:/`
   * against `SET product:1 {"id":1} EX 30`, the name in upper case.
   * @throws {CheckFailure} none came within `withinMs`
   */
  seen(pattern: RegExp, options: SeenOptions): Promise<void>;
  /** The same for one process of the app (`web.2`): its commands, and faults that it alone feels. */
  of(process: string): RedisProbe;
}

export type RedisLink = ServiceLink<RedisTap>;

const SERVICE: Service<CommandRecord> = {
  name: 'Redis',
  protocol: "Redis' protocol (RESP)",
  lines: commandLines,
};

export function createRedisProbe(
  links: () => readonly RedisLink[],
  signal: AbortSignal,
  record: Omit<NetworkRecord, 'service'>,
  begin: Marks = marksOf(links()),
): RedisProbe {
  const since = (marks: Marks) =>
    answeredSince(SERVICE, links(), marks).filter(
      (command) => !isHousekeeping(command) && !isTransactionControl(command),
    );
  return {
    ...createNetwork(links, signal, { ...record, service: SERVICE.name }),
    commands: () => since(begin),
    during: async (action) => {
      const from = marksOf(links());
      return { result: await action(), commands: since(from) };
    },
    seen: (pattern, options) =>
      seenOnAny(SERVICE, links(), (command) => found(pattern, textOf(command)) !== undefined, {
        ...options,
        signal,
        otherwise: 'no such command reached Redis',
      }),
    of: (process) => {
      const own = linksOf(links(), process);
      return createRedisProbe(() => own, signal, { ...record, process }, begin);
    },
  };
}

/** Commands as evidence: one line each. */
export function commandLines(commands: readonly CommandRecord[]): string[] {
  return commands.map(({ name, args, error }) => {
    const line = [name, ...args.map((arg) => word(utf8(arg)))].join(' ');
    return error === undefined ? line : `${line}  -- failed: ${error}`;
  });
}

function textOf({ name, args }: SeenCommand): string {
  return utf8([name, ...args].join(' '));
}

/** As in redis-cli: in quotes where it would be read as something else. */
function word(text: string): string {
  return /^[\w:.{}*@/+-]+$/.test(text) ? text : shown(text, 80);
}
