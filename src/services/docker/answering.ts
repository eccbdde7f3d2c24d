import type Docker from 'dockerode';
import type { WaitStrategy } from 'testcontainers';
import { environmentError, LabsError } from '../../core/errors.ts';
import { logTail } from '../../docker/log-tail.ts';

const READY_TIMEOUT_MS = 60_000;

export interface Asking {
  /** `Postgres`, for errors. */
  service: string;
  /** The container's port. */
  port: number;
  docker: Docker;
  /**
   * Settles when the server answers on this published port.
   * @throws {LabsError} it gave none in time; without a detail, the container's last lines become it
   * @throws what `ended` rejects with: the container has ended, or the engine has
   */
  ask(port: number, options: { timeoutMs: number; ended: Promise<never> }): Promise<void>;
}

/**
 * Ready when the server answers. What it prints says less: a container that sets up its data runs a
 * server for that too, and the engine may keep a line back from who follows a log until the next one.
 */
export function answering({ service, port, docker, ask }: Asking): WaitStrategy {
  const strategy: WaitStrategy = {
    waitUntilReady: async ({ id }, ports) => {
      const container = docker.getContainer(id);
      const over = new AbortController();
      const ended = container.wait({ abortSignal: over.signal }).then(
        async ({ StatusCode }: { StatusCode: number }) => {
          throw environmentError(`${service} ended in its container (exit code ${StatusCode}).`, {
            detail: await logTail(container),
          });
        },
        (error: unknown) => {
          throw environmentError(`The Docker engine went away while ${service} started.`, {
            cause: error,
          });
        },
      );
      ended.catch(() => {});
      try {
        await ask(ports.getBinding(port), { timeoutMs: READY_TIMEOUT_MS, ended });
      } catch (error) {
        if (!(error instanceof LabsError) || error.detail !== undefined) throw error;
        // It runs and yet gives no answer: what it wrote may say why.
        const { message, hint } = error;
        throw environmentError(message, { hint, detail: await logTail(container), cause: error });
      } finally {
        over.abort();
      }
    },
    withStartupTimeout: () => strategy,
    isStartupTimeoutSet: () => true,
    getStartupTimeout: () => READY_TIMEOUT_MS,
  };
  return strategy;
}
