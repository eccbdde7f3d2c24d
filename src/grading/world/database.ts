import { Pool } from 'pg';
import { messageOf } from '../../core/errors.ts';
import type { PostgresLogin } from '../../services/port.ts';
import { withClient } from '../../services/postgres/connection.ts';

const ANSWER_MS = 5_000;

/** The grader's own connections to one database; they open when asked and must be ended. */
export function openDatabase(login: PostgresLogin): Pool {
  const pool = new Pool({
    ...login,
    max: 4,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
    connectionTimeoutMillis: ANSWER_MS,
  });
  // An idle connection that the server ends (its database is dropped) has nobody to tell.
  pool.on('error', () => {});
  return pool;
}

/**
 * Undefined if the server answers, past the proxy and whatever fault is on. On a connection of its own:
 * those of the grader may all wait for locks that the app holds.
 */
export async function whyNoAnswer(admin: PostgresLogin): Promise<string | undefined> {
  const late = AbortSignal.timeout(ANSWER_MS);
  const silence = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => reject(new Error(`no answer in ${ANSWER_MS / 1000} s`)));
  });
  try {
    const asked = withClient(admin, (client) => client.query('SELECT 1'));
    asked.catch(() => {});
    await Promise.race([asked, silence]);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
