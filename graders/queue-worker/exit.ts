import { type AppExit, type AppProcess, CheckFailure } from 'backend-labs/kit';

/** @throws {CheckFailure} it had to be killed, or ended otherwise than with code 0 */
export function expectCleanExit(
  process: AppProcess,
  exit: AppExit,
  boundMs: number,
  expected: string,
): void {
  const actual = fault(exit, boundMs);
  if (actual === undefined) return;
  throw new CheckFailure({
    action: `SIGTERM to ${process.name}`,
    expected,
    actual,
    evidence: [{ kind: 'log', source: process.name, lines: process.log().slice(-20) }],
  });
}

function fault({ code, signal, forced }: AppExit, boundMs: number): string | undefined {
  if (forced) return `it still ran after ${(boundMs / 1000).toFixed(1)} s and had to be killed`;
  if (signal !== null) return `the signal itself ended it (${signal}): nothing handles it`;
  return code === 0 ? undefined : `it exited with code ${code}`;
}

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
