import type { Client } from 'pg';
import { type IsDead, isAbandoned } from '../../platform/owner.ts';
import type { PostgresLogin } from '../port.ts';
import { withClient } from '../postgres/connection.ts';
import { dropDatabase } from '../postgres/sql.ts';
import { connectExternal } from './connect.ts';
import { NAME_PATTERN, readOwnerComment, runOf } from './databases.ts';

/**
 * Drops the databases of runs whose process has ended without doing so. Touches only those that the
 * role owns and whose name and comment are ours.
 * @returns their names
 * @throws {LabsError} `usage`: no such URL; `environment`: no connection
 */
export async function sweepDatabases(url: string, isDead: IsDead): Promise<string[]> {
  const { login } = await connectExternal(url);
  return sweepServer(login, isDead);
}

/** As `sweepDatabases`, with a login that is known to work. */
export async function sweepServer(login: PostgresLogin, isDead: IsDead): Promise<string[]> {
  return withClient(login, async (client) => {
    const databases = await listOurs(client);
    const abandoned = new Set<string>();
    for (const { name, comment } of databases) {
      const owner = readOwnerComment(comment);
      if (owner !== undefined && (await isAbandoned(owner, isDead))) abandoned.add(runOf(name));
    }
    // By run: one that was killed right after CREATE DATABASE left a database without a comment.
    const dropped = databases.map(({ name }) => name).filter((name) => abandoned.has(runOf(name)));
    for (const name of dropped) await client.query(dropDatabase(name));
    return dropped;
  });
}

async function listOurs(client: Client): Promise<{ name: string; comment: string | null }[]> {
  const { rows } = await client.query<{ name: string; comment: string | null }>(
    `SELECT datname AS name, shobj_description(d.oid, 'pg_database') AS comment
       FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
      WHERE r.rolname = current_user AND datname ~ $1
      ORDER BY datname`,
    [NAME_PATTERN],
  );
  return rows;
}
