import type { Redis } from 'ioredis';
import { environmentError, LabsError, messageOf } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import { undoable } from '../../core/undoable.ts';
import { orAbort } from '../../platform/abortable.ts';
import { type IsDead, ownerRecord } from '../../platform/owner.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';
import type { RedisDatabase, RedisServer } from '../port.ts';
import { isReply, versionOf, withRedis } from '../redis/connection.ts';
import { isTooOld, OLDEST } from '../redis/rules.ts';
import {
  type ClaimedDatabase,
  claimDatabase,
  type NoneFree,
  releaseDatabase,
  sweepRedisDatabases,
} from './redis-databases.ts';
import { type ExternalRedis, parseRedisUrl } from './redis-url.ts';

export interface ExternalRedisOptions {
  url: string;
  run: RunDirectory;
  isDead: IsDead;
}

/** Databases in a server of the user's: each has a lock, and users that can reach no other. */
export function externalRedis({ url, run, isDead }: ExternalRedisOptions): Resource<RedisServer> {
  const about = {
    id: 'services.redis',
    title: 'Find databases in your Redis',
    teardownBudgetMs: 30_000,
  };
  return undoable(about, async ({ signal, undo, progress }) => {
    const named = parseRedisUrl(url);
    progress('connecting');
    const version = await orAbort(connect(named, versionOf), signal);
    if (isTooOld(version)) throw tooOld(named, version);
    progress('releasing what killed runs left');
    await orAbort(
      connect(named, (client) => sweepRedisDatabases(client, isDead)),
      signal,
    );
    const plan = {
      run: run.id,
      owner: await ownerRecord(run.owner),
      version,
      firstDatabase: named.firstDatabase,
    };
    const claims = new Set<Promise<RedisDatabase>>();
    undo(async () => {
      for (const claim of claims) await (await claim.catch(() => undefined))?.drop();
    });
    const claim = async (): Promise<RedisDatabase> => {
      const claimed = await connect(named, (client) => claimDatabase(client, plan));
      if ('count' in claimed) throw noneFree(named, claimed);
      return databaseOf(named, claimed, run.id);
    };
    const claimOne = () => {
      const claimed = claim();
      claims.add(claimed);
      return claimed;
    };
    // One that is wanted in any case: what this user may not do is to be known now.
    const first = [await orAbort(claimOne(), signal)];
    return { version, createDatabase: async () => first.shift() ?? claimOne() };
  });
}

/** Releases, on a server of the user's, the databases of runs that ended without doing so. */
export async function sweepRedis(url: string, isDead: IsDead): Promise<number[]> {
  return connect(parseRedisUrl(url), (client) => sweepRedisDatabases(client, isDead));
}

function databaseOf(
  named: ExternalRedis,
  { number, app, grader }: ClaimedDatabase,
  run: string,
): RedisDatabase {
  const { address } = named.login;
  let dropped: Promise<void> | undefined;
  return {
    address,
    number,
    role: app,
    admin: { address, ...grader, number },
    drop: () => {
      dropped ??= connect(named, (client) => releaseDatabase(client, run, number));
      return dropped;
    },
  };
}

async function connect<T>(
  { login, shown }: ExternalRedis,
  action: (client: Redis) => Promise<T>,
): Promise<T> {
  try {
    return await withRedis(login, action);
  } catch (error) {
    if (error instanceof LabsError) throw error;
    if (!isReply(error))
      throw environmentError(`No connection to ${shown}: ${messageOf(error)}.`, {
        hint: 'Check host and port, and that the server speaks TLS where the URL says rediss://.',
        cause: error,
      });
    throw environmentError(`The Redis at ${shown} refuses: ${messageOf(error)}.`, {
      hint: /^(NOAUTH|WRONGPASS|ERR.*AUTH)/.test(error.message)
        ? 'Check user and password in the URL.'
        : 'labs makes a user for each app, so that it reaches one database alone: name a login that may do anything (+@all), or leave --service out to have a server started.',
      cause: error,
    });
  }
}

function noneFree({ shown, firstDatabase }: ExternalRedis, { count, locked, filled }: NoneFree) {
  const some = (numbers: number[]) => (numbers.length === 0 ? 'none' : numbers.join(', '));
  return environmentError(
    count === firstDatabase
      ? `The Redis at ${shown} has no database ${firstDatabase}, and labs takes no lower one.`
      : `The Redis at ${shown} has no free database from ${firstDatabase} to ${count - 1}: ` +
          `in use by labs: ${some(locked)}; with keys in them: ${some(filled)}.`,
    {
      hint: 'Each app needs one: raise `databases` in redis.conf, or leave --service out to have servers started.',
    },
  );
}

function tooOld({ shown }: ExternalRedis, version: string): Error {
  return environmentError(`The server at ${shown} is ${version}; labs needs ${OLDEST} or newer.`, {
    hint: 'Name a newer server, or leave --service out to have one started.',
  });
}
