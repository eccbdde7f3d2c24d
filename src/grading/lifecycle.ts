import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import type { StepTiming } from '../core/report.ts';
import type { Resource } from '../core/resource.ts';

const TEARDOWN_BUDGET_MS = 10_000;

export interface LifecycleOptions {
  emit: Emit;
  /** Milliseconds since the run began. */
  now: () => number;
  /** Aborts setups; teardowns run all the same. */
  signal: AbortSignal;
}

/**
 * Sets resources up and undoes them in reverse order. What is torn down is known before its setup
 * begins, so that nothing is left however far a setup came.
 */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #entered: { resource: Resource<unknown>; setup: Promise<unknown> }[] = [];
  readonly steps: StepTiming[] = [];

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** Rejects with what the setup threw, or with the signal's reason. */
  async enter<T>(resource: Resource<T>): Promise<T> {
    const { emit, signal } = this.#options;
    signal.throwIfAborted();
    const { id, title } = resource;
    const setup = this.timed(id, title, () =>
      resource.setup({
        signal,
        progress: (text) => emit({ type: 'step:progress', id, text }),
      }),
    );
    this.#entered.push({ resource, setup });
    return setup;
  }

  /** Runs a step that leaves nothing to undo. */
  async timed<T>(id: string, title: string, action: () => Promise<T>): Promise<T> {
    const { emit, now } = this.#options;
    const startedAt = now();
    let failed = true;
    emit({ type: 'step:started', id, title });
    try {
      const value = await action();
      failed = false;
      return value;
    } finally {
      const durationMs = now() - startedAt;
      this.steps.push({ id, title, startedAt, durationMs });
      emit({ type: 'step:finished', id, title, durationMs, failed });
    }
  }

  /** Never rejects; resolves to what could not be undone, in words. */
  async close(): Promise<string[]> {
    const problems: string[] = [];
    for (const { resource, setup } of this.#entered.splice(0).reverse()) {
      const budget = resource.teardownBudgetMs ?? TEARDOWN_BUDGET_MS;
      // An aborted setup may still be at work; undoing under its hands would miss what it makes. Where
      // it does not end, what it has made so far goes.
      const steps = [() => setup.catch(() => {}), () => resource.teardown()];
      for (const step of steps) {
        try {
          await within(budget, step());
        } catch (error) {
          problems.push(`${resource.title}, undone: ${messageOf(error)}`);
        }
      }
    }
    return problems;
  }
}

async function within(budgetMs: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = sleep(budgetMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`gave up after ${budgetMs / 1000} s`);
  });
  late.catch(() => {});
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
