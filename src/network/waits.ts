export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** A mark: also take what was answered since then. By default, none of the past. */
  readonly since?: number;
  /** For the message of a timeout: 'a SET of product:1'. */
  readonly what?: string;
}

/** A wait ended before what it waited for came. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
}

const SHOWN = 3;

interface Wait<T> {
  /** Never throws: it runs while bytes wait to be passed on. */
  readonly offer: (item: T) => void;
}

/** Those who wait for a statement or a command of some description. */
export class Waits<T> {
  readonly #waits = new Set<Wait<T>>();
  readonly #noun: string;
  readonly #event: string;
  readonly #describe: (item: T) => string;

  /**
   * @param noun What they are called in messages: 'statement'.
   * @param event What is waited for, for messages: 'seen'.
   * @param describe What to call one that came and was not the one.
   */
  constructor(noun: string, event: string, describe: (item: T) => string) {
    this.#noun = noun;
    this.#event = event;
    this.#describe = describe;
  }

  notify(item: T): void {
    for (const wait of this.#waits) wait.offer(item);
  }

  /**
   * The first of `candidates`, and then of those notified, that matches. Rejects with
   * a WaitTimeout, the signal's reason, or what the predicate throws.
   */
  wait(
    predicate: (item: T) => boolean,
    candidates: readonly T[],
    { timeoutMs, signal, what = `matching ${this.#noun}` }: WaitOptions,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const others: T[] = [];
    let settled = false;

    const wait: Wait<T> = {
      offer: (item) => {
        if (settled) return;
        try {
          if (predicate(item)) settle(() => resolve(item));
          else if (others.push(item) > SHOWN) others.shift();
        } catch (error) {
          settle(() => reject(error));
        }
      },
    };
    const settle = (act: () => void) => {
      settled = true;
      this.#waits.delete(wait);
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      act();
    };
    const abort = () => settle(() => reject(signal?.reason));
    const timer = setTimeout(() => {
      const last = others.map((item) => this.#describe(item)).join(' | ');
      const seen = last === '' ? 'nor any other' : `the last others: ${last}`;
      const problem = `no ${what} was ${this.#event} within ${timeoutMs} ms; ${seen}`;
      settle(() => reject(new WaitTimeout(problem)));
    }, timeoutMs);

    this.#waits.add(wait);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    for (const candidate of candidates) wait.offer(candidate);
    return promise;
  }
}
