import { messageOf } from '../core/errors.ts';

/** What the engine itself said of its failure, without what dockerode puts around it. */
export function saidByEngine(error: unknown): string {
  return messageOf(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .trim();
}
