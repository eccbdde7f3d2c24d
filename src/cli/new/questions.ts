import { errorCode, interrupted, LabsError } from '../../core/errors.ts';
import type { Host } from '../../platform/host.ts';

/**
 * A value that the user gave as an option or, on a terminal, is asked for until it is right.
 *
 * @param given the option; undefined where it was left out
 * @param usual what an empty answer means, and no terminal
 * @param check gives the value, or throws a usage error
 */
export async function answerTo<T>(
  question: string,
  given: string | undefined,
  usual: string,
  check: (text: string) => T | Promise<T>,
  { ask, signal, stderr }: Host,
): Promise<T> {
  if (given !== undefined) return check(given);
  for (;;) {
    const answer = await ask(`${question} [${usual}] `).catch((error: unknown) => {
      // readline takes Ctrl-C and Ctrl-D before they become a signal or an end.
      throw errorCode(error) === 'ABORT_ERR' ? interrupted() : error;
    });
    signal.throwIfAborted();
    if (answer === undefined || answer.trim() === '') return check(usual);
    try {
      return await check(answer.trim());
    } catch (error) {
      if (!(error instanceof LabsError) || error.kind !== 'usage') throw error;
      stderr.write(`${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}\n`);
    }
  }
}
