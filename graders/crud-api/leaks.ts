import type { Response } from 'backend-labs/kit';

/** What an error looks like from the inside. */
const INTERNALS: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'a stack trace',
    /\n\s+at .+:\d+|\\n\s+at .+:\d+|&nbsp;at .+:\d+|Traceback \(most recent call last\)/,
  ],
  [
    'a path of a source file',
    /(?:\/[\w.@-]+){2,}\.(?:[cm]?[jt]sx?|py|rb|go|java|php)\b|node_modules/,
  ],
  ['SQL', /\bSELECT\b[^"]*\bFROM\b|\bINSERT INTO\b|\bUPDATE\b[^"]*\bSET\b|\bDELETE FROM\b/],
  [
    'a message of Postgres',
    /violates \S+[ -]?\w* constraint|duplicate key value|syntax error at or near/i,
  ],
  [
    'a message of Postgres',
    /invalid input syntax for|invalid byte sequence|out of range for type/i,
  ],
  [
    'a message of Postgres',
    /field value out of range|value too long for type|null value in column/i,
  ],
  [
    'a message of Postgres',
    /(?:relation|column) \\?"[^"]*\\?" .*does not exist|unterminated quoted/i,
  ],
  [
    'a message of Postgres',
    /must not be (?:negative|null)|deadlock detected|terminating connection/i,
  ],
  [
    'the name of a constraint',
    /\b(?:tasks|task_tags|idempotency_keys)_\w*(?:key|check|pkey|fkey)\b/,
  ],
  [
    'a message of the driver',
    /SQLSTATE|\bECONN(?:REFUSED|RESET)\b|Connection terminated|timeout exceeded when/i,
  ],
  ['a message of the driver', /psycopg|asyncpg|sqlalchemy|sequelize|prisma|typeorm|knex|pg-pool/i],
];

/** @throws {CheckFailure} the body shows something that is nobody's business */
export function expectNoInternals(response: Response): void {
  for (const [what, pattern] of INTERNALS) {
    const found = pattern.exec(response.text);
    if (found !== null)
      throw response.failure(
        'nothing of the app’s inside in the body',
        `${what}: ${JSON.stringify(found[0].slice(0, 120))}`,
      );
  }
}
