import type { Answered } from './answered.ts';
import { Flood } from './flood.ts';
import { ProtocolError, type Side } from './protocol-error.ts';
import type { OpaqueConnection } from './tap.ts';

/** How many connections are remembered: those on which something passed last. */
const MOST = 100;

/** The connections that a tap could not follow to their end. */
export interface LetGo {
  /**
   * @param reading Whose words the tap was reading.
   * @returns To be called whenever something more passes on it.
   */
  add(connection: number, cause: unknown, reading: Side): () => void;
  /** What was too much on one on which something has passed since. */
  floodSince(mark: number): string | undefined;
  /** The others on which something has passed since. */
  opaqueSince(mark: number): readonly OpaqueConnection[];
}

interface Lost {
  flood?: string;
  opaque?: OpaqueConnection;
  /** When something passed that was not read. */
  last: number;
}

export function letGo(answered: Answered<unknown>): LetGo {
  const kept = new Set<Lost>();
  const pass = (lost: Lost) => {
    lost.last = answered.miss();
    kept.delete(lost);
    kept.add(lost);
    for (const oldest of kept) if (kept.size > MOST) kept.delete(oldest);
  };
  const since = (mark: number) => [...kept].filter(({ last }) => last >= mark);
  return {
    add(connection, cause, reading) {
      const lost: Lost =
        cause instanceof Flood
          ? { flood: cause.message, last: 0 }
          : { opaque: opaqueOf(connection, cause, reading), last: 0 };
      pass(lost);
      return () => pass(lost);
    },
    floodSince: (mark) => since(mark).find(({ flood }) => flood !== undefined)?.flood,
    opaqueSince: (mark) => since(mark).flatMap(({ opaque }) => opaque ?? []),
  };
}

/** What is no `ProtocolError` is a fault of the tap's own. */
function opaqueOf(connection: number, cause: unknown, reading: Side): OpaqueConnection {
  const by = cause instanceof ProtocolError ? (cause.by ?? reading) : undefined;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { connection, reason, byClient: by === 'client' };
}
