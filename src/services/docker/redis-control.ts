import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'dockerode';
import { environmentError, messageOf } from '../../core/errors.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { RedisLogin, ServerControl } from '../port.ts';
import { answers, waitForRedis } from '../redis/connection.ts';
import { KILL, START } from './redis-container.ts';

/** How long a signal may take, which the engine delivers and a shell in the container hears. */
const CHANGE_TIMEOUT_MS = 20_000;
const AGAIN_MS = 1_000;
/** The engine tells nobody that a container has ended; no answer comes then. */
const NEVER = new Promise<never>(() => {});

/** The server in a container, told by signals to what keeps it there. */
export function containedRedis(
  container: Pick<Container, 'kill'>,
  login: RedisLogin,
  signal: AbortSignal,
): ServerControl {
  const until = async (wanted: boolean, how: typeof KILL | typeof START) => {
    const deadline = performance.now() + CHANGE_TIMEOUT_MS;
    for (let nextAt = 0; (await answers(login)) !== wanted; ) {
      signal.throwIfAborted();
      if (performance.now() > deadline)
        throw environmentError(
          `Redis ${wanted ? 'does not answer' : 'answers'} ${CHANGE_TIMEOUT_MS / 1000} s after it was ${wanted ? 'started again' : 'killed'} in its container.`,
          { hint: 'See whether the machine is overloaded, then grade again.' },
        );
      if (performance.now() >= nextAt) {
        await told(container, how);
        nextAt = performance.now() + AGAIN_MS;
      }
      await orAbort(sleep(5), signal);
    }
  };
  return {
    kill: () => until(false, KILL),
    start: async () => {
      await until(true, START);
      await waitForRedis(login, { signal, timeoutMs: CHANGE_TIMEOUT_MS, ended: NEVER });
    },
  };
}

async function told(container: Pick<Container, 'kill'>, signal: string): Promise<void> {
  await container.kill({ signal }).catch((cause: unknown) => {
    throw environmentError(`Docker did not send Redis a signal: ${messageOf(cause)}.`, { cause });
  });
}
