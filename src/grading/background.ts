import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';

const running = new AsyncLocalStorage<Background>();
const owners = new WeakMap<Promise<unknown>, Background>();
let listening = false;

/**
 * What a check began and did not wait for. A promise that is rejected there ends the process by
 * itself, and with it all that is graded beside; here it is a failure of its check.
 */
export class Background {
  readonly #signal: AbortSignal;
  readonly #rejected = new Map<Promise<unknown>, unknown>();

  /** @param signal aborted once the check is over: what fails from then on fails for that */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    listen();
  }

  run<T>(action: () => Promise<T>): Promise<T> {
    return running.run(this, action);
  }

  /** The first of its failures that nobody has waited for. */
  async failure(): Promise<{ error: unknown } | undefined> {
    // What was rejected in this turn of the event loop is known in the next.
    await turn();
    const [error] = this.#rejected.values();
    return this.#rejected.size === 0 ? undefined : { error };
  }

  rejected(promise: Promise<unknown>, error: unknown): void {
    if (this.#signal.aborted) return;
    this.#rejected.set(promise, error);
    owners.set(promise, this);
  }

  /** Somebody waits for it after all. */
  handled(promise: Promise<unknown>): void {
    this.#rejected.delete(promise);
  }
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.on('unhandledRejection', (error, promise) => {
    const background = running.getStore();
    if (background !== undefined) return background.rejected(promise, error);
    // Not a check's: as if nobody listened. Not from here, where a throw would keep other promises from being heard.
    setImmediate(() => {
      throw error;
    });
  });
  process.on('rejectionHandled', (promise) => owners.get(promise)?.handled(promise));
}
