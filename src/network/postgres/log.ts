import { Answered } from '../answered.ts';
import { Flood, MOST_KEPT, moreThan } from '../flood.ts';
import { type WaitOptions, Waits } from '../waits.ts';
import type { SeenStatement, StatementRecord } from './statement.ts';

/** A record that its conversation may still have to correct. */
export type OpenRecord = { -readonly [Key in keyof StatementRecord]: StatementRecord[Key] };

type Outcome = Omit<StatementRecord, keyof SeenStatement>;

const SHOWN_CHARACTERS = 100;
const beginning = ({ sql }: SeenStatement) => sql.slice(0, SHOWN_CHARACTERS);

/** All statements of all connections, in the order of their answers. */
export class StatementLog {
  /** How many are kept of those that were answered, and of the others. */
  readonly most: number;
  readonly answered: Answered<OpenRecord>;
  readonly #pending = new Set<SeenStatement>();
  readonly #waitsForSeen = new Waits<SeenStatement>('statement', 'seen', beginning);
  readonly #waitsForFinished = new Waits<StatementRecord>('statement', 'answered', beginning);

  constructor(most = MOST_KEPT) {
    this.most = most;
    this.answered = new Answered(most);
  }

  get pending(): readonly SeenStatement[] {
    return [...this.#pending];
  }

  /** Throws a Flood where too many are pending. */
  see(statement: SeenStatement): void {
    if (this.#pending.size >= this.most) {
      throw new Flood(moreThan(this.most, 'statements before their answers'));
    }
    this.#pending.add(statement);
    this.#waitsForSeen.notify(statement);
  }

  /** The statement did not run, or was none. */
  drop(statement: SeenStatement): void {
    this.#pending.delete(statement);
  }

  finish(statement: SeenStatement, outcome: Outcome): OpenRecord {
    const known = this.#pending.delete(statement);
    const record: OpenRecord = Object.assign(statement, outcome);
    this.answered.add(record);
    if (!known) this.#waitsForSeen.notify(record);
    this.#waitsForFinished.notify(record);
    return record;
  }

  waitForSeen(
    predicate: (statement: SeenStatement) => boolean,
    options: WaitOptions,
  ): Promise<SeenStatement> {
    const past = options.since === undefined ? [] : this.answered.since(options.since);
    return this.#waitsForSeen.wait(predicate, [...past, ...this.#pending], options);
  }

  waitForFinished(
    predicate: (record: StatementRecord) => boolean,
    options: WaitOptions,
  ): Promise<StatementRecord> {
    const past = options.since === undefined ? [] : this.answered.since(options.since);
    return this.#waitsForFinished.wait(predicate, past, options);
  }
}
