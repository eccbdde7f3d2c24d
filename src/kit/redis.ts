import { bug, environmentError, LabsError, messageOf } from '../core/errors.ts';
import { CheckFailure, NotAvailable } from '../core/failure.ts';
import { shown } from './shown.ts';

export type RedisArgument = string | number | Buffer;

/** The world's Redis, past the proxy: what the grader does here, no probe counts and no fault hits. */
export interface Redis {
  /**
   * Sends a command and gives its answer: strings, integers as numbers, null, lists.
   * `await redis.command('TTL', 'product:1')`
   *
   * Throws `CheckFailure` where a key holds another type than the command is for, since the learner
   * chose it; `NotAvailable` where the server is the user's and does not allow it.
   */
  command<Reply = any>(name: string, ...args: readonly RedisArgument[]): Promise<Reply>;
  /** The keys that match a pattern, all of them where none is given; sorted. */
  keys(pattern?: string): Promise<string[]>;
  /** Removes every key, as a restart without persistence does; in a shared world, those of other checks too. */
  flush(): Promise<void>;
}

/** A connection that is made when it is needed, again where it was lost. */
export interface RedisConnection {
  /**
   * Rejects with a `ReplyError` where the server refuses, with a `LabsError` or a `NotAvailable` where
   * it must not be asked; with anything else where there is no answer.
   */
  send(name: string, args: readonly RedisArgument[]): Promise<unknown>;
}

export function createRedis(connection: RedisConnection, signal: AbortSignal): Redis {
  const command: Redis['command'] = async <Reply>(
    name: string,
    ...args: readonly RedisArgument[]
  ) => {
    signal.throwIfAborted();
    try {
      return (await connection.send(name, args)) as Reply;
    } catch (error) {
      if (error instanceof NotAvailable || error instanceof LabsError) throw error;
      throw inWords(error, [name, ...args].join(' '));
    }
  };
  return {
    command,
    keys: async (pattern = '*') => {
      // A key may come more than once.
      const found = new Set<string>();
      for (let cursor = '0'; ; ) {
        const [next, keys] = await command('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1_000);
        for (const key of keys) found.add(key);
        if (next === '0') return [...found].sort();
        cursor = next;
      }
    },
    flush: async () => void (await command('FLUSHDB')),
  };
}

/** Of the server as the app left it: the type of a key, memory that is full, a script without end. */
const LEARNERS = /^(WRONGTYPE|OOM|BUSY)\b/;
const SERVERS = /^(LOADING|MISCONF|READONLY|MASTERDOWN|CLUSTERDOWN|NOREPLICAS)\b/;

function inWords(error: unknown, sent: string): unknown {
  const message = messageOf(error);
  const isReply = error instanceof Error && error.name === 'ReplyError';
  if (!isReply || SERVERS.test(message))
    return environmentError(`The grader lost Redis: ${message}.`, {
      hint: 'See whether Redis still runs, then grade again.',
      cause: error,
    });
  if (message.startsWith('NOPERM'))
    return new NotAvailable('needs a Redis that labs starts itself, not one of yours');
  if (!LEARNERS.test(message))
    return bug(`The grader's Redis command is wrong: ${message}.`, {
      detail: shown(sent),
      cause: error,
    });
  return new CheckFailure({
    action: `the grader's own command: ${shown(sent)}`,
    expected: 'an answer',
    actual: message,
    evidence: [],
    hint: 'Look at what the app left in Redis under this key: the grader reads it as the contract has it.',
  });
}
