import { Fifo } from '../fifo.ts';
import type { Budget } from './budget.ts';
import type { SeenCommand } from './command.ts';
import type { CommandLog } from './log.ts';
import { Subscriptions } from './subscriptions.ts';

/** What all connections of a tap share. */
export interface Shared {
  readonly log: CommandLog;
  readonly budget: Budget;
  /** Milliseconds from some moment on. */
  readonly clock: () => number;
}

/** A command whose answer is to come. */
export interface Request {
  readonly command: SeenCommand;
  /** The server has been asked not to answer it. */
  readonly isSilent: boolean;
  /** Of SUBSCRIBE and its like: how many confirmations are still to come; Infinity: for all that there are. */
  confirmations: number;
}

/** What is known of one connection: its client's commands write to it, its server's answers resolve it. */
export class Session {
  readonly connection: number;
  readonly log: CommandLog;
  readonly budget: Budget;
  readonly clock: () => number;
  /** Sent and not answered, in order. */
  readonly requests = new Fifo<Request>();
  /** What an EXEC runs, while its answer is being read, then the EXEC itself: they come before `requests`. */
  readonly executing = new Fifo<Request>();
  /** What an EXEC would run; undefined outside of a transaction. */
  queued: Request[] | undefined;
  readonly subscriptions = new Subscriptions();
  /** The version of RESP that the server speaks. */
  protocol = 2;
  /** The database that is selected, as far as the server has told. */
  database = 0;
  /** Between MONITOR and RESET. */
  isMonitor = false;
  /** Whether the client has sent anything. */
  hasAsked = false;

  constructor(connection: number, shared: Shared) {
    this.connection = connection;
    this.log = shared.log;
    this.budget = shared.budget;
    this.clock = shared.clock;
  }

  /** The request that the next answer is for. */
  get first(): Request | undefined {
    return this.executing.first ?? this.requests.first;
  }

  shift(): void {
    if (this.executing.length > 0) this.executing.shift();
    else this.requests.shift();
  }

  /** What RESET makes of a connection. */
  reset(): void {
    this.queued = undefined;
    this.subscriptions.clear();
    this.protocol = 2;
    this.database = 0;
    this.isMonitor = false;
  }
}
