import type { Words } from './requests.ts';

const BUDGET = 64 * 1024 * 1024;
const BEYOND_BUDGET = { words: 16, bytes: 64 } as const;

/** Keeps what a tap remembers of arguments within bounds: after 64 MiB, only the beginnings of commands. */
export class Budget {
  #left: number;

  constructor(budget = BUDGET) {
    this.#left = budget;
  }

  spend(command: Words): Words {
    const size = command.words.reduce((sum, word) => sum + word.length, 0);
    const isSmall = command.words.length <= 4 && size <= BEYOND_BUDGET.bytes;
    if (isSmall || size <= this.#left) {
      this.#left -= Math.min(size, this.#left);
      return command;
    }
    const words = command.words
      .slice(0, BEYOND_BUDGET.words)
      .map((word) => word.slice(0, BEYOND_BUDGET.bytes));
    return { words, count: command.count, truncated: true };
  }
}
