import { Pool } from 'pg';
import type { PostgresLogin } from '../../services/port.ts';

/** The grader's own connections to one database; they open when asked and must be ended. */
export function openDatabase(login: PostgresLogin): Pool {
  const pool = new Pool({ ...login, max: 4, idleTimeoutMillis: 0, allowExitOnIdle: true });
  // An idle connection that the server ends (its database is dropped) has nobody to tell.
  pool.on('error', () => {});
  return pool;
}
