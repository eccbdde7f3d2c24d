import type { Conditions, Direction } from './flow.ts';

export type Fault = 'none' | 'cut' | 'refuse' | 'delay' | 'blackhole';

export interface DelayOptions {
  /** The one direction that is slow: `upstream` is what the app says, `downstream` what it is answered. */
  only?: Direction;
}

export const NO_DELAY: Conditions['delayMs'] = { upstream: 0, downstream: 0 };

/**
 * Breaks a network. A fault takes effect at once, and lasts until `restore` or
 * another fault takes its place. Leaving a blackhole resets the connections that
 * were in it: what they had sent is lost, which no TCP connection survives.
 */
export interface Faults {
  readonly active: Fault;
  /** Resets what is open, and refuses what comes (ECONNREFUSED). */
  cut(): void;
  /** Refuses new connections (ECONNREFUSED); open ones live on. */
  refuse(): void;
  /** Resets every open connection (RST), once. Goes with any fault. */
  reset(): void;
  /**
   * Each chunk, in each direction or `only` in one, waits `ms` milliseconds: latency, not throughput.
   * Throws a RangeError for a negative number, an Error while connections are refused.
   */
  delay(ms: number, options?: DelayOptions): void;
  /**
   * Connections are accepted and stay open, but nothing passes either way, not even
   * the end of a connection. Throws an Error while connections are refused.
   */
  blackhole(): void;
  /**
   * Ends the fault; resolves once connections are accepted, on the same port as
   * before. Rejects where another process listens just there meanwhile (hold.ts).
   */
  restore(): Promise<void>;
}

/** What faults act upon. */
export interface Breakable {
  readonly conditions: Conditions;
  /** Makes new `conditions` felt. */
  conditionsChanged(): void;
  resetAll(): void;
  refuse(): void;
  accept(): Promise<void>;
}

export function createFaults(network: Breakable): Faults {
  let active: Fault = 'none';

  function become(fault: Fault, delayMs = NO_DELAY): void {
    if (active === 'blackhole' && fault !== 'blackhole') network.resetAll();
    active = fault;
    network.conditions.delayMs = delayMs;
    network.conditions.blackhole = fault === 'blackhole';
    network.conditionsChanged();
  }

  function needsConnections(fault: Fault): void {
    if (active === 'cut' || active === 'refuse') {
      throw new Error(`${fault} cannot follow ${active}: connections are refused; restore() first`);
    }
  }

  return {
    get active() {
      return active;
    },
    cut() {
      network.refuse();
      network.resetAll();
      become('cut');
    },
    refuse() {
      network.refuse();
      become('refuse');
    },
    reset() {
      network.resetAll();
    },
    delay(ms, { only } = {}) {
      if (!(ms >= 0 && Number.isFinite(ms))) {
        throw new RangeError(`a delay takes 0 ms or more, not ${ms}`);
      }
      needsConnections('delay');
      become(
        'delay',
        only === undefined ? { upstream: ms, downstream: ms } : { ...NO_DELAY, [only]: ms },
      );
    },
    blackhole() {
      needsConnections('blackhole');
      become('blackhole');
    },
    async restore() {
      const ended = active;
      become('none');
      try {
        await network.accept();
      } catch (error) {
        if (active === 'none') active = ended;
        throw error;
      }
    },
  };
}
