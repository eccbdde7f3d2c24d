import { CheckFailure } from '../../core/failure.ts';
import type { AppExit, AppProcess } from '../app.ts';

export interface ExitLimits {
  /** What the contract gives the process, as the failure says it: `5 s`. */
  within: string;
  /** What it was given in fact, in milliseconds: the machine adds to it. */
  boundMs: number;
  /** The circumstances of the SIGTERM, for the failure. */
  note?: string;
}

/**
 * How `terminate` ended a process, held against the contract.
 *
 * @throws {CheckFailure} it had to be killed, or ended otherwise than with code 0
 */
export function expectCleanExit(
  process: AppProcess,
  exit: AppExit,
  { within, boundMs, note }: ExitLimits,
): void {
  const actual = fault(exit, boundMs);
  if (actual === undefined) return;
  throw new CheckFailure({
    action: `SIGTERM to ${process.name}${note === undefined ? '' : ` (${note})`}`,
    expected: `the process to exit with code 0 within ${within}`,
    actual,
    evidence: [{ kind: 'log', source: process.name, lines: process.log().slice(-20) }],
  });
}

function fault({ code, signal, forced }: AppExit, boundMs: number): string | undefined {
  if (forced) return `it still ran after ${(boundMs / 1000).toFixed(1)} s and had to be killed`;
  if (signal !== null) return `the signal itself ended it (${signal}): nothing handles it`;
  return code === 0 ? undefined : `it exited with code ${code}`;
}
