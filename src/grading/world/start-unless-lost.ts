import { setInterval as every } from 'node:timers/promises';
import { AppStartError } from '../../apps/port.ts';
import { environmentError } from '../../core/errors.ts';

const LOOK_MS = 1_000;

/**
 * Waits for an app to come up, and no longer once what it needs is gone: then it cannot, and is not
 * to blame. The start may still be under way when this rejects.
 * @param whyLost what is gone, in words
 * @throws {AppStartError} the app does not come up though it could
 * @throws {LabsError} `environment`: something is gone
 */
export async function startUnlessLost(
  starting: Promise<unknown>,
  whyLost: () => Promise<string | undefined>,
  lookMs = LOOK_MS,
): Promise<void> {
  const over = new AbortController();
  starting.catch(() => {});
  try {
    await Promise.race([starting, rejectOnceLost(whyLost, lookMs, over.signal)]);
  } catch (error) {
    if (error instanceof AppStartError) throwIfLost(await whyLost());
    throw error;
  } finally {
    over.abort();
  }
}

async function rejectOnceLost(
  whyLost: () => Promise<string | undefined>,
  lookMs: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const _ of every(lookMs, undefined, { signal })) throwIfLost(await whyLost());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function throwIfLost(reason: string | undefined): void {
  if (reason !== undefined) throw environmentError(`While the app started, ${reason}.`);
}
