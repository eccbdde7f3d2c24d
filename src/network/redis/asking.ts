import { ProtocolError } from '../protocol-error.ts';
import type { SeenCommand } from './command.ts';
import { keysOf } from './keys.ts';
import { nameOf } from './names.ts';
import type { Words } from './requests.ts';
import type { Session } from './session.ts';
import { Silence } from './silence.ts';
import { isSubscription } from './subscriptions.ts';

/** Turns a client's commands into requests. Throws a ProtocolError for what cannot be followed. */
export class Asking {
  readonly #session: Session;
  readonly #silence = new Silence();
  /** The database that is selected once all that was sent has run. */
  #database = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  command(words: Words): void {
    const { requests, log, budget } = this.#session;
    this.#session.hasAsked = true;
    if (requests.length === 0 && !this.#session.queued) this.#database = this.#session.database;
    const command = this.#seen(budget.spend(words));
    const isSilent = this.#silence.covers(command.name, command.args);
    refuseUnknowable(command.name, isSilent);
    const confirmations = words.count > 1 ? words.count - 1 : Number.POSITIVE_INFINITY;
    requests.push({ command, isSilent, confirmations });
    this.#foresee(command);
    log.see(command);
  }

  #seen({ words, count, truncated }: Words): SeenCommand {
    return {
      ...nameOf(words),
      ...(truncated ? { truncated } : {}),
      keys: keysOf(words, count),
      database: this.#database,
      connection: this.#session.connection,
      startedAt: this.#session.clock(),
    };
  }

  #foresee({ name, args }: SeenCommand): void {
    if (name === 'SELECT' && /^\d+$/.test(args[0] ?? '')) this.#database = Number(args[0]);
    else if (name === 'RESET') this.#database = 0;
  }
}

function refuseUnknowable(name: string, isSilent: boolean): void {
  if (name === 'SYNC' || name === 'PSYNC') {
    throw new ProtocolError(`${name}: from here on the connection replicates`);
  }
  // Confirmed all the same, unless refused; and what a subscriber may then say of it, differs by version.
  if (isSilent && isSubscription(name)) {
    throw new ProtocolError(`${name} under CLIENT REPLY, of which no more can be known`);
  }
}
