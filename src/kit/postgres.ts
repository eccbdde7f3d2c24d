import { bug } from '../core/errors.ts';
import { CheckFailure } from '../core/failure.ts';
import type { Faults } from '../network/faults.ts';
import {
  isIntrospection,
  isSessionControl,
  isTransactionControl,
} from '../network/postgres/classify.ts';
import type { StatementRecord } from '../network/postgres/statement.ts';
import type { PostgresTap } from '../network/postgres/tap.ts';

export type { StatementRecord };

/** What passes between the app and Postgres, and what can go wrong there. */
export interface PostgresProbe
  extends Pick<Faults, 'cut' | 'refuse' | 'delay' | 'blackhole' | 'reset'> {
  /** Ends every fault; settles once connections are accepted again. */
  restore(): Promise<void>;
  /**
   * Statements that finished since the check began, counted from the wire protocol, in the order in
   * which they ended. What is not about the lab's data is left out: BEGIN, COMMIT, SET and their
   * like, and what drivers read from the system catalogs.
   */
  statements(): readonly StatementRecord[];
  /** Runs an action and gives what it returned with the statements that ran meanwhile. */
  during<T>(
    action: () => Promise<T>,
  ): Promise<{ result: T; statements: readonly StatementRecord[] }>;
  /**
   * Settles when the app has sent a statement that matches, answered or not: "the request is in
   * flight now".
   * @throws {CheckFailure} none came within `withinMs`
   */
  seen(pattern: RegExp, options: { withinMs: number; what: string }): Promise<void>;
}

/** One proxy on the way from one process to Postgres. */
export interface PostgresLink {
  tap: PostgresTap;
  faults: Faults;
}

export function createPostgresProbe(
  links: () => readonly PostgresLink[],
  signal: AbortSignal,
): PostgresProbe {
  // A check that ran out of time may still be at work; the network is then another check's.
  const each = (action: (faults: Faults) => void) => {
    signal.throwIfAborted();
    for (const link of links()) action(link.faults);
  };
  const marks = () => new Map(links().map(({ tap }) => [tap, tap.mark()]));
  const since = (begin: ReadonlyMap<PostgresTap, number>) => {
    const [opaque] = links().flatMap(({ tap }) => tap.opaqueConnections);
    if (opaque !== undefined)
      throw bug(`The app's traffic with Postgres could not be followed: ${opaque.reason}.`);
    return links()
      .flatMap(({ tap }) => tap.since(begin.get(tap) ?? 0))
      .filter((statement) => !isHousekeeping(statement))
      .sort((a, b) => a.startedAt + a.durationMs - (b.startedAt + b.durationMs));
  };
  const begin = marks();
  return {
    cut: () => each((faults) => faults.cut()),
    refuse: () => each((faults) => faults.refuse()),
    delay: (ms) => each((faults) => faults.delay(ms)),
    blackhole: () => each((faults) => faults.blackhole()),
    reset: () => each((faults) => faults.reset()),
    restore: async () => {
      signal.throwIfAborted();
      await Promise.all(links().map((link) => link.faults.restore()));
    },
    statements: () => since(begin),
    during: async (action) => {
      const from = marks();
      return { result: await action(), statements: since(from) };
    },
    seen: async (pattern, { withinMs, what }) => {
      const found = links().map(({ tap }) =>
        tap.waitFor((statement) => pattern.test(statement.sql), { timeoutMs: withinMs, signal }),
      );
      try {
        await Promise.any(found);
      } catch {
        signal.throwIfAborted();
        throw new CheckFailure({
          action: '',
          expected: `${what} within ${withinMs / 1000} s`,
          actual: 'no such statement reached Postgres',
          evidence: [],
        });
      }
    },
  };
}

function isHousekeeping(statement: StatementRecord): boolean {
  return (
    isTransactionControl(statement) || isSessionControl(statement) || isIntrospection(statement)
  );
}

/** Statements as evidence: one line each, white space folded. */
export function statementLines(statements: readonly StatementRecord[]): string[] {
  return statements.map(({ sql, error }) => {
    const line = sql.replace(/\s+/g, ' ').trim();
    return error === undefined ? line : `${line}  -- failed: ${error.message}`;
  });
}
