import type { SeenStatement } from './statement.ts';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** A mark: also take a statement answered since then. By default, none of the past. */
  readonly since?: number;
  /** For the message of a timeout: 'an INSERT into orders'. */
  readonly what?: string;
}

/** A wait ended before its statement came. */
export class StatementTimeout extends Error {
  override readonly name = 'StatementTimeout';
}

const SHOWN = 3;

interface Wait<S> {
  /** Never throws: it runs while bytes wait to be passed on. */
  readonly offer: (statement: S) => void;
}

/** Those who wait for a statement of some description. */
export class StatementWaits<S extends SeenStatement> {
  readonly #waits = new Set<Wait<S>>();
  readonly #event: string;

  /** @param event What is waited for, for messages: 'seen'. */
  constructor(event: string) {
    this.#event = event;
  }

  notify(statement: S): void {
    for (const wait of this.#waits) wait.offer(statement);
  }

  /**
   * The first of `candidates`, and then of those notified, that matches. Rejects with
   * a StatementTimeout, the signal's reason, or what the predicate throws.
   */
  wait(
    predicate: (statement: S) => boolean,
    candidates: readonly S[],
    { timeoutMs, signal, what = 'matching statement' }: WaitOptions,
  ): Promise<S> {
    const { promise, resolve, reject } = Promise.withResolvers<S>();
    const others: string[] = [];
    let settled = false;

    const wait: Wait<S> = {
      offer(statement) {
        if (settled) return;
        try {
          if (predicate(statement)) settle(() => resolve(statement));
          else if (others.push(statement.sql.slice(0, 100)) > SHOWN) others.shift();
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
      const seen = others.length > 0 ? `the last others: ${others.join(' | ')}` : 'nor any other';
      const problem = `no ${what} was ${this.#event} within ${timeoutMs} ms; ${seen}`;
      settle(() => reject(new StatementTimeout(problem)));
    }, timeoutMs);

    this.#waits.add(wait);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    for (const candidate of candidates) wait.offer(candidate);
    return promise;
  }
}
