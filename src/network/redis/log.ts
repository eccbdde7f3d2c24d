import { type WaitOptions, Waits } from '../waits.ts';
import { type CommandRecord, type SeenCommand, utf8 } from './command.ts';

type Outcome = Omit<CommandRecord, Exclude<keyof SeenCommand, 'database'>>;

/** All commands of all connections, in the order of their answers. */
export class CommandLog {
  readonly #records: CommandRecord[] = [];
  readonly #pending = new Set<SeenCommand>();
  readonly #waitsForSeen = new Waits<SeenCommand>('command', 'seen', describe);
  readonly #waitsForFinished = new Waits<CommandRecord>('command', 'answered', describe);

  get records(): readonly CommandRecord[] {
    return this.#records;
  }

  get pending(): readonly SeenCommand[] {
    return [...this.#pending];
  }

  see(command: SeenCommand): void {
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
    this.#records.push(record);
    this.#waitsForFinished.notify(record);
  }

  waitForSeen(
    predicate: (command: SeenCommand) => boolean,
    options: WaitOptions,
  ): Promise<SeenCommand> {
    const past = options.since === undefined ? [] : this.#records.slice(options.since);
    return this.#waitsForSeen.wait(predicate, [...past, ...this.#pending], options);
  }

  waitForFinished(
    predicate: (record: CommandRecord) => boolean,
    options: WaitOptions,
  ): Promise<CommandRecord> {
    const past = this.#records.slice(options.since ?? this.#records.length);
    return this.#waitsForFinished.wait(predicate, past, options);
  }
}

function describe({ name, args }: SeenCommand): string {
  return utf8([name, ...args.slice(0, 3)].join(' ').slice(0, 100));
}
