import { ownText } from '../own-text.ts';
import type { Words } from './requests.ts';

const BUDGET = 16 * 1024 * 1024;
/** What an argument takes beside its bytes. */
const WORD_BYTES = 32;
const SMALL = { words: 4, bytes: 64 } as const;
const BEYOND_BUDGET = { words: 8, bytes: 32 } as const;
const ERROR_BEYOND_BUDGET = 100;

/** Keeps what a tap remembers of texts within bounds: after 16 MiB, only the beginnings. */
export class Budget {
  readonly #budget: number;
  #left: number;

  constructor(budget = BUDGET) {
    this.#budget = budget;
    this.#left = budget;
  }

  /** What was kept so far is kept no more. */
  renew(): void {
    this.#left = this.#budget;
  }

  spend(command: Words): Words {
    const bytes = command.words.reduce((sum, word) => sum + word.length, 0);
    const isSmall = command.words.length <= SMALL.words && bytes <= SMALL.bytes;
    if (this.#pays(bytes + WORD_BYTES * command.words.length) || isSmall) return command;
    const words = command.words
      .slice(0, BEYOND_BUDGET.words)
      .map((word) => ownText(word.slice(0, BEYOND_BUDGET.bytes), 'latin1'));
    return { words, count: command.count, truncated: true };
  }

  /** An app can have a script fail with whatever it likes. */
  error(text: string): string {
    if (this.#pays(text.length) || text.length <= ERROR_BEYOND_BUDGET) return text;
    return ownText(text.slice(0, ERROR_BEYOND_BUDGET), 'utf8');
  }

  #pays(size: number): boolean {
    const isEnough = size <= this.#left;
    if (isEnough) this.#left -= size;
    return isEnough;
  }
}
