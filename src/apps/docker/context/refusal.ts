import { type LabsError, usageError } from '../../../core/errors.ts';
import { excerpt, plain } from '../../../core/text.ts';

/** Why something of a submission cannot be sent. */
export interface Problem {
  /** What to sort by; empty where the problem is of the whole tree. */
  path: string;
  /** A sentence without its full stop, safe to print. */
  message: string;
  /** The way on; otherwise to leave the entry out. */
  hint?: string;
}

const MAX_SHOWN = 5;
const LEAVE_OUT = 'Leave it out with a line in .dockerignore';

/** One error for all the problems of a tree, the first of them in its message. */
export function refusal(problems: readonly Problem[]): LabsError {
  const sorted = problems.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const [first, ...others] = sorted.slice(0, MAX_SHOWN) as [Problem, ...Problem[]];
  const more = sorted.length - MAX_SHOWN;
  const lines = others.map((problem) => `${problem.message}. ${hintOf(problem)}`);
  if (more > 0) lines.push(`and ${more} more`);
  return usageError(`${first.message}.`, {
    hint: hintOf(first),
    ...(lines.length > 0 && { detail: lines.join('\n') }),
  });
}

/** A path as messages show it: on one line, safe to print, not too long. */
export function shown(path: string): string {
  return excerpt(plain(path).replace(/[\t\n]/g, '\ufffd'), 120);
}

/** `instead` tells what else would do. */
export function leaveOut(instead: string): string {
  return `${LEAVE_OUT}, or ${instead}.`;
}

function hintOf({ hint }: Problem): string {
  return hint ?? `${LEAVE_OUT}.`;
}
