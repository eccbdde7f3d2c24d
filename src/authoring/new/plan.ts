import type { Files } from './scaffold.ts';

/** What a `labs new …` would write. */
export interface Plan {
  /** By path from the pack's root. */
  files: Files;
  /** Files that are there already, with their new text. */
  changed: Files;
  /** What the author has to write before `labs verify` passes, a sentence each. */
  todo: readonly string[];
}
