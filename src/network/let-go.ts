import { Flood } from './flood.ts';
import type { OpaqueConnection } from './tap.ts';

const SHOWN = 100;

/** The connections that a tap could not follow to their end. */
export interface LetGo {
  add(connection: number, cause: unknown): void;
  /** What was too much on one of them. */
  readonly flood: string | undefined;
  /** The others, the first 100 of them. */
  readonly opaque: readonly OpaqueConnection[];
}

export function letGo(): LetGo {
  const opaque: OpaqueConnection[] = [];
  let flood: string | undefined;
  return {
    add(connection, cause) {
      if (cause instanceof Flood) flood ??= cause.message;
      else if (opaque.length < SHOWN) {
        opaque.push({ connection, reason: cause instanceof Error ? cause.message : String(cause) });
      }
    },
    get flood() {
      return flood;
    },
    opaque,
  };
}
