import {
  CheckFailure,
  type CommandRecord,
  commandLines,
  type StatementRecord,
  statementLines,
} from 'backend-labs/kit';

const MAX_LINES = 8;

/** @throws {CheckFailure} more statements than that, and which */
export function expectStatements(
  statements: readonly StatementRecord[],
  most: number,
  action: string,
): void {
  if (statements.length <= most) return;
  throw new CheckFailure({
    action,
    expected: most === 0 ? 'no SQL statement' : `at most ${most} SQL statements`,
    actual: `${statements.length}: ${some(statementLines(statements))}`,
    evidence: [],
  });
}

/** @throws {CheckFailure} more commands than that, and which */
export function expectCommands(
  commands: readonly CommandRecord[],
  most: number,
  action: string,
): void {
  if (commands.length <= most) return;
  throw new CheckFailure({
    action,
    expected: `at most ${most} Redis commands`,
    actual: `${commands.length}: ${some(commandLines(commands))}`,
    evidence: [],
  });
}

/** What Redis was sent that others would feel. @throws {CheckFailure} */
export function expectConsiderate(commands: readonly CommandRecord[], action: string): void {
  const found = commands.filter(({ name }) => /^(KEYS|SCAN|FLUSHALL|FLUSHDB)\b/.test(name));
  if (found.length === 0) return;
  throw new CheckFailure({
    action,
    expected: 'no KEYS, SCAN, FLUSHDB or FLUSHALL: Redis is shared with others',
    actual: some(commandLines(found)),
    evidence: [],
  });
}

const some = (lines: readonly string[]): string =>
  [...lines.slice(0, MAX_LINES), ...(lines.length > MAX_LINES ? ['…'] : [])]
    .map((line) => line.slice(0, 160))
    .join('\n');
