import { type AppProcess, CheckFailure } from 'backend-labs/kit';

/** @throws {CheckFailure} one has ended, though nobody told it to */
export function expectAlive(processes: readonly AppProcess[], action: string): void {
  for (const process of processes) {
    if (process.exit === undefined) continue;
    const { code, signal } = process.exit;
    throw new CheckFailure({
      action,
      expected: 'every process to stay alive',
      actual: `${process.name} ended ${signal === null ? `with code ${code}` : `by ${signal}`}`,
      evidence: [{ kind: 'log', source: process.name, lines: process.log().slice(-20) }],
    });
  }
}
