import { ownText } from '../network/own-text.ts';
import { queryJudge } from '../network/postgres/classify.ts';
import type { StatementRecord } from '../network/postgres/statement.ts';
import type { PostgresTap } from '../network/postgres/tap.ts';
import {
  createNetwork,
  linksOf,
  type Network,
  type NetworkRecord,
  type ServiceLink,
} from './network.ts';
import {
  answeredSince,
  type Marks,
  marksOf,
  type SeenOptions,
  type Service,
  seenOnAny,
} from './observation.ts';
import { found } from './pattern.ts';

export type { StatementRecord };

/** What passes between the app and Postgres, and what can go wrong there. */
export interface PostgresProbe extends Network {
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
  seen(pattern: RegExp, options: SeenOptions): Promise<void>;
  /** The same for one process of the app (`web.2`): its statements, and faults that it alone feels. */
  of(process: string): PostgresProbe;
}

export type PostgresLink = ServiceLink<PostgresTap>;

/** Characters of a statement in a line of evidence. */
const MOST_SHOWN = 2_000;

const SERVICE: Service<StatementRecord> = {
  name: 'Postgres',
  protocol: "Postgres' protocol 3",
  lines: statementLines,
};

export function createPostgresProbe(
  links: () => readonly PostgresLink[],
  signal: AbortSignal,
  record: Omit<NetworkRecord, 'service'>,
  begin: Marks = marksOf(links()),
  // Judges that which the taps keep of this check, and so keeps no more texts than they do.
  isQuery = queryJudge(),
): PostgresProbe {
  const since = (marks: Marks) => answeredSince(SERVICE, links(), marks).filter(isQuery);
  return {
    ...createNetwork(links, signal, { ...record, service: SERVICE.name }),
    statements: () => since(begin),
    during: async (action) => {
      const from = marksOf(links());
      return { result: await action(), statements: since(from) };
    },
    seen: (pattern, options) =>
      seenOnAny(SERVICE, links(), ({ sql }) => found(pattern, sql) !== undefined, {
        ...options,
        signal,
        otherwise: 'no such statement reached Postgres',
      }),
    of: (process) => {
      const own = linksOf(links(), process);
      return createPostgresProbe(() => own, signal, { ...record, process }, begin, isQuery);
    },
  };
}

/** Statements as evidence: one line each, white space folded; of a long one the beginning. */
export function statementLines(statements: readonly StatementRecord[]): string[] {
  return statements.map(({ sql, error }) => {
    const cut = sql.length > MOST_SHOWN ? `${ownText(sql.slice(0, MOST_SHOWN), 'utf8')}…` : sql;
    const line = cut.replace(/\s+/g, ' ').trim();
    return error === undefined ? line : `${line}  -- failed: ${error.message}`;
  });
}
