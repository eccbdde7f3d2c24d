/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it is aborted. The work
 * itself goes on: whoever undoes it waits for it.
 */
export async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  // Both may reject; the one that comes second has nobody to tell.
  work.catch(() => {});
  aborted.catch(() => {});
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
