import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { environmentError, messageOf } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import { undoable } from '../../core/undoable.ts';
import { type RunDirectory, removeTree } from '../../platform/run-directory.ts';
import type { RedisDatabase, RedisServer } from '../port.ts';
import { newUsers, serverFlags } from '../redis/flags.ts';
import { isTooOld, OLDEST } from '../redis/rules.ts';
import { chooseSocket } from './address.ts';
import { RedisProcess } from './redis-process.ts';
import type { RedisProgram } from './redis-program.ts';

export interface LocalRedisOptions {
  program: RedisProgram;
  platform: NodeJS.Platform;
  run: RunDirectory;
  durable: boolean;
  /** Name below the run's directory. */
  name: string;
}

/** A process for each database: it takes 10 ms, and no world can harm another. */
export function localRedis(options: LocalRedisOptions): Resource<RedisServer> {
  const { program, run, name } = options;
  const about = { id: 'services.redis', title: 'Start Redis', teardownBudgetMs: 10_000 };
  return undoable(about, async ({ signal, undo }) => {
    if (isTooOld(program.version)) throw tooOld(program);
    const directory = path.join(run.path, name);
    undo(() => removeTree(directory));
    await mkdir(directory, { mode: 0o700 });
    const running = new Set<Promise<StartedDatabase>>();
    const over = new AbortController();
    undo(async () => {
      over.abort(new Error('Redis was undone'));
      await Promise.all([...running].map(async (each) => (await each.catch(() => {}))?.stop()));
    });
    let databases = 0;
    const start = async (): Promise<RedisDatabase> => {
      databases += 1;
      const database = startDatabase(path.join(directory, String(databases)), {
        ...options,
        signal: over.signal,
      });
      running.add(database);
      const { stop, ...started } = await database;
      // A server ends 100 ms after it was told to; nobody waits for it until all of them must be gone.
      return { ...started, drop: async () => void stop().catch(() => {}) };
    };
    // One that is wanted in any case: that it does not start is to be known now.
    const first = [await start()];
    signal.throwIfAborted();
    return {
      version: program.version,
      createDatabase: async () => {
        over.signal.throwIfAborted();
        return first.shift() ?? start();
      },
    };
  });
}

type StartedDatabase = Omit<RedisDatabase, 'drop'> & { stop(): Promise<void> };

async function startDatabase(
  directory: string,
  { program, platform, run, durable, signal }: LocalRedisOptions & { signal: AbortSignal },
): Promise<StartedDatabase> {
  await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
    throw environmentError(`Redis has no room in ${directory}: ${messageOf(error)}.`, {
      hint: 'Make room there, or name another directory in LABS_RUNS_DIR.',
      cause: error,
    });
  });
  const address = await chooseSocket(path.join(directory, 'redis.sock'), platform);
  signal.throwIfAborted();
  const users = newUsers();
  const where =
    'path' in address
      ? ['--port', '0', '--unixsocket', address.path, '--unixsocketperm', '700']
      : ['--bind', address.host, '--port', String(address.port)];
  const plan = {
    name: 'Redis',
    file: program.file,
    args: [...where, ...serverFlags({ version: program.version, durable }, users)],
    cwd: directory,
    marker: run.marker,
  };
  const admin = { address, ...users.grader, number: 0 };
  const server = new RedisProcess(plan, admin, signal);
  const stop = () => server.stop();
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, number: 0, role: users.app, admin, server, stop };
}

function tooOld({ file, version }: RedisProgram): Error {
  return environmentError(`${file} is ${version}; labs needs ${OLDEST} or newer.`, {
    hint: 'Put a newer one on PATH, or use Docker. “labs doctor” shows what labs finds.',
  });
}
