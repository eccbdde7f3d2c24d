import { Client, Pool, types } from 'pg';
import { messageOf } from '../../core/errors.ts';
import type { PostgresLogin } from '../../services/port.ts';

const ANSWER_MS = 5_000;

/** The grader's own connections to one database; they open when asked and must be ended. */
export function openDatabase(login: PostgresLogin): Pool {
  const pool = new Pool({
    ...login,
    max: 4,
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
    connectionTimeoutMillis: ANSWER_MS,
    types: { getTypeParser: parserOf },
  });
  // An idle connection that the server ends (its database is dropped) has nobody to tell.
  pool.on('error', () => {});
  return pool;
}

/**
 * A date and a timestamp, and arrays of them, are read as text: they are no moments, and a Date would be
 * one by the time zone of this machine. The numbers are those of Postgres's pg_type.
 */
const AS_TEXT: Readonly<Record<number, number>> = { 1082: 25, 1114: 25, 1182: 1009, 1115: 1009 };

const parserOf: typeof types.getTypeParser = (type, format) =>
  types.getTypeParser(AS_TEXT[type] ?? type, format);

/**
 * Undefined if the server answers, past the proxy and whatever fault is on. On a connection of its own:
 * those of the grader may all wait for locks that the app holds.
 */
export async function whyNoAnswer(admin: PostgresLogin): Promise<string | undefined> {
  const late = AbortSignal.timeout(ANSWER_MS);
  const silence = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => reject(new Error(`no answer in ${ANSWER_MS / 1000} s`)));
  });
  const client = new Client({ ...admin, connectionTimeoutMillis: ANSWER_MS });
  client.on('error', () => {});
  try {
    await Promise.race([client.connect().then(() => client.query('SELECT 1')), silence]);
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    void client.end().catch(() => {});
  }
}
