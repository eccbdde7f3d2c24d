/** How many hashes the app is asked for at a time, by all checks together. */
const AT_ONCE = 4;

let busy = 0;
const waiting: (() => void)[] = [];

/**
 * Waits for a turn, then acts. Checks run side by side, and dozens of hashes at once would keep an app from its
 * other work for seconds: it would be judged by the load that we make. Where a burst is meant, it goes past this.
 */
export async function inTurn<T>(action: () => Promise<T>): Promise<T> {
  if (busy < AT_ONCE) busy += 1;
  else await new Promise<void>((admit) => waiting.push(admit));
  try {
    return await action();
  } finally {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  }
}
