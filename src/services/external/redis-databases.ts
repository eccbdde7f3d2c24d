import type { Redis } from 'ioredis';
import { type IsDead, isAbandoned, type OwnerRecord, readOwner } from '../../platform/owner.ts';
import { newLogin } from '../new-login.ts';
import { isReply } from '../redis/connection.ts';
import { guestGraderRules, guestRules } from '../redis/rules.ts';

/** A logical database that a run has for itself, and its users, who can reach no other. */
export interface ClaimedDatabase {
  number: number;
  app: { user: string; password: string };
  grader: { user: string; password: string };
}

export interface ClaimPlan {
  run: string;
  owner: OwnerRecord;
  /** `Redis 7.0.15` */
  version: string;
  firstDatabase: number;
}

/** Why none was claimed: numbers of databases. */
export interface NoneFree {
  /** How many the server has. */
  count: number;
  locked: number[];
  filled: number[];
}

const PREFIX = 'labs:database:';

/**
 * Takes the first database that is empty and nobody's. Its lock is a key in database 0: in the database
 * itself, the app would meet it.
 * @param client in database 0; it is there again afterwards
 */
export async function claimDatabase(
  client: Redis,
  { run, owner, version, firstDatabase }: ClaimPlan,
): Promise<ClaimedDatabase | NoneFree> {
  const none: NoneFree = { count: firstDatabase, locked: [], filled: [] };
  const lock = JSON.stringify({ run, owner });
  for (let number = firstDatabase; ; number += 1) {
    if (!(await selects(client, number))) return { ...none, count: number };
    const isEmpty = (await client.dbsize()) === 0;
    await client.select(0);
    if (!isEmpty) none.filled.push(number);
    else if ((await client.set(PREFIX + number, lock, 'NX')) === null) none.locked.push(number);
    else {
      const { app, grader } = usersOf(run, number);
      await client.call('ACL', 'SETUSER', ...grant(app, guestRules(version, number)));
      await client.call('ACL', 'SETUSER', ...grant(grader, guestGraderRules(version, number)));
      return { number, app, grader };
    }
  }
}

/** Removes its users, which ends their connections, and all that is in it; last of all the lock. */
export async function releaseDatabase(client: Redis, run: string, number: number): Promise<void> {
  const key = PREFIX + number;
  await client.watch(key);
  // Swept by another run, and perhaps a third one's by now.
  if (readLock(await client.get(key))?.run !== run) return void (await client.unwatch());
  const { app, grader } = usersOf(run, number);
  await client.call('ACL', 'DELUSER', app.user, grader.user);
  await client.multi().select(number).flushdb().select(0).del(key).exec();
}

/** Releases what runs left that were killed. */
export async function sweepRedisDatabases(client: Redis, isDead: IsDead): Promise<number[]> {
  const swept: number[] = [];
  for await (const keys of client.scanStream({ match: `${PREFIX}*` })) {
    for (const key of keys as string[]) {
      const lock = readLock(await client.get(key));
      if (lock === undefined || !(await isAbandoned(lock.owner, isDead))) continue;
      const number = Number(key.slice(PREFIX.length));
      await releaseDatabase(client, lock.run, number);
      swept.push(number);
    }
  }
  return swept.sort((a, b) => a - b);
}

async function selects(client: Redis, number: number): Promise<boolean> {
  try {
    await client.select(number);
    return true;
  } catch (error) {
    if (isReply(error)) return false;
    throw error;
  }
}

function usersOf(run: string, number: number): Omit<ClaimedDatabase, 'number'> {
  const user = `labs_${run}_${number}`;
  return { app: newLogin(user), grader: newLogin(`${user}_grader`) };
}

function grant({ user, password }: ClaimedDatabase['app'], rules: string[]): string[] {
  return [user, 'reset', 'on', `>${password}`, ...rules];
}

/** Undefined where it is missing or somebody else's. */
function readLock(text: string | null): { run: string; owner: OwnerRecord } | undefined {
  try {
    const { run, owner } = JSON.parse(text ?? '') as { run?: unknown; owner?: unknown };
    const record = readOwner(owner);
    return typeof run === 'string' && record !== undefined ? { run, owner: record } : undefined;
  } catch {
    return undefined;
  }
}
