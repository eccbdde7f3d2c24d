import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig, DatabaseError } from 'pg';
import { environmentError, messageOf } from '../../core/errors.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { PostgresLogin } from '../port.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** The login as `pg` takes it. */
export function clientConfig(login: PostgresLogin): ClientConfig {
  return { ...login, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: 'labs' };
}

/** Connects, acts, and has the server end the session before it settles. */
export async function withClient<T>(
  login: PostgresLogin,
  action: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client(clientConfig(login));
  // Without a listener, a server that goes away ends the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await action(client);
  } finally {
    await client.end();
  }
}

export interface AnswerOptions {
  signal: AbortSignal;
  timeoutMs: number;
  /** Rejects once waiting is in vain: the server's process has ended. */
  ended: Promise<never>;
}

/**
 * Settles when a session can be opened.
 * @throws what `ended` rejects with, the signal's reason, or `environment` when time is up or the
 * server refuses the login
 */
export async function waitForAnswer(login: PostgresLogin, options: AnswerOptions): Promise<void> {
  const { signal, timeoutMs, ended } = options;
  const deadline = performance.now() + timeoutMs;
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 100)) {
    const attempt = withClient(login, async () => {});
    try {
      await orAbort(Promise.race([attempt, ended]), signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      // Rejects if it has ended: that is then why there was no answer.
      await Promise.race([ended, Promise.resolve()]);
      if (isFinal(error) || performance.now() > deadline) throw noAnswer(error, timeoutMs);
    }
    await orAbort(Promise.race([sleep(pause), ended]), signal);
  }
}

/** Whether a server has answered, and not with "cannot connect now". */
function isFinal(error: unknown): boolean {
  return error instanceof DatabaseError && error.code !== '57P03';
}

function noAnswer(cause: unknown, timeoutMs: number): Error {
  const how = isFinal(cause) ? 'refused a connection' : `accepted none in ${timeoutMs / 1000} s`;
  return environmentError(`Postgres was started but ${how}: ${messageOf(cause)}.`, { cause });
}
