import { Answered } from '../answered.ts';
import { Flood, MOST_KEPT, moreThan } from '../flood.ts';
import { type WaitOptions, Waits } from '../waits.ts';
import { type CommandRecord, type SeenCommand, utf8 } from './command.ts';

type Outcome = Omit<CommandRecord, Exclude<keyof SeenCommand, 'database'>>;

/** All commands of all connections, in the order of their answers. */
export class CommandLog {
  /** How many are kept of those that were answered, and of the others. */
  readonly most: number;
  readonly answered: Answered<CommandRecord>;
  readonly #pending = new Set<SeenCommand>();
  readonly #waitsForSeen = new Waits<SeenCommand>('command', 'seen', describe);
  readonly #waitsForFinished = new Waits<CommandRecord>('command', 'answered', describe);

  constructor(most = MOST_KEPT) {
    this.most = most;
    this.answered = new Answered(most);
  }

  get pending(): readonly SeenCommand[] {
    return [...this.#pending];
  }

  /** Throws a Flood where too many are pending. */
  see(command: SeenCommand): void {
    if (this.#pending.size >= this.most) {
      throw new Flood(moreThan(this.most, 'commands before their answers'));
    }
    this.#pending.add(command);
    this.#waitsForSeen.notify(command);
  }

  /** The command did not run. */
  drop(command: SeenCommand): void {
    this.#pending.delete(command);
  }

  finish(command: SeenCommand, outcome: Outcome): void {
    this.#pending.delete(command);
    const record: CommandRecord = Object.assign(command, outcome);
    this.answered.add(record);
    this.#waitsForFinished.notify(record);
  }

  waitForSeen(
    predicate: (command: SeenCommand) => boolean,
    options: WaitOptions,
  ): Promise<SeenCommand> {
    const past = options.since === undefined ? [] : this.answered.since(options.since);
    return this.#waitsForSeen.wait(predicate, [...past, ...this.#pending], options);
  }

  waitForFinished(
    predicate: (record: CommandRecord) => boolean,
    options: WaitOptions,
  ): Promise<CommandRecord> {
    const past = options.since === undefined ? [] : this.answered.since(options.since);
    return this.#waitsForFinished.wait(predicate, past, options);
  }
}

function describe({ name, args }: SeenCommand): string {
  return utf8([name, ...args.slice(0, 3)].join(' ').slice(0, 100));
}
