import type { Resource, SetupContext } from './resource.ts';

export interface UndoableContext extends SetupContext {
  /** Registers what undoes the next step, before the step is taken. Undone in reverse order. */
  undo(step: () => Promise<void>): void;
}

/** A resource that undoes just what its setup came to, in reverse order, and only once. */
export function undoable<T>(
  about: Pick<Resource<T>, 'id' | 'title' | 'teardownBudgetMs'>,
  setup: (context: UndoableContext) => Promise<T>,
): Resource<T> {
  const steps: (() => Promise<void>)[] = [];
  const over = new AbortController();
  let running: Promise<T> | undefined;
  let undoing = Promise.resolve();
  return {
    ...about,
    setup: (context) => {
      const signal = AbortSignal.any([context.signal, over.signal]);
      running = setup({ ...context, signal, undo: (step) => void steps.push(step) });
      return running;
    },
    teardown: () => {
      over.abort(new Error(`${about.title}: undone`));
      undoing = undoing.catch(() => {}).then(undoAll);
      return undoing;
    },
  };

  async function undoAll(): Promise<void> {
    // A step that is being taken would leave behind what it makes next.
    await running?.catch(() => {});
    const problems: unknown[] = [];
    for (const step of steps.splice(0).reverse())
      await step().catch((error: unknown) => void problems.push(error));
    if (problems.length > 0) throw problems[0];
  }
}
