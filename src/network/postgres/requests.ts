import type { OpenRecord } from './log.ts';
import type { Definition } from './names.ts';
import type { Piece } from './split.ts';
import type { SeenStatement } from './statement.ts';
import type { Text } from './texts.ts';

/** What a client has asked for and the server has not answered yet. A queue of them is a conversation's state. */
export type Request = Startup | Query | Step | Sync | CopyEnd;

/** Answered by the first ReadyForQuery. */
export interface Startup {
  readonly kind: 'startup';
}

/** A Query or FunctionCall message: answered by any number of results, then ReadyForQuery. */
export interface Query {
  readonly kind: 'query';
  readonly text: Text;
  readonly pieces: readonly Piece[];
  /** One for each piece. */
  readonly seen: readonly SeenStatement[];
  /** Those answered so far. */
  readonly records: OpenRecord[];
  failed: boolean;
  copiesIn: boolean;
}

export interface Portal {
  /** Certain once its Bind is answered, as for all that refers to a name. */
  readonly text: () => Text;
  /** Set while it is suspended: its next Execute goes on with the same statement. */
  suspended: OpenRecord | undefined;
}

/** A message of the extended protocol: answered by one message, or skipped after an error. */
export interface Step {
  readonly kind: 'parse' | 'bind' | 'describe' | 'execute' | 'close';
  readonly text: () => Text;
  readonly startedAt: number;
  /** What it defines (Parse, Bind). */
  readonly definition?: Definition<unknown>;
  /** What the answer settles: a definition is confirmed, a name is free. */
  readonly done?: () => void;
  readonly execution?: Execution;
}

export interface Execution {
  readonly portal: () => Portal;
  /** Missing where a suspended portal goes on. */
  readonly seen: SeenStatement | undefined;
  rows: number;
  copiesIn: boolean;
}

/** Answered by ReadyForQuery. */
export interface Sync {
  readonly kind: 'sync';
}

/** CopyDone or CopyFail, which has no answer of its own. */
export interface CopyEnd {
  readonly kind: 'copyEnd';
}
