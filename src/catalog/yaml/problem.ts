import { type LabsError, usageError } from '../../core/errors.ts';
import { frameOf, placeOf, type Source, type Span } from './source.ts';

/** What is wrong at one place of a file. */
export interface Problem {
  span: Span;
  /** A sentence without its full stop, safe to print. */
  message: string;
  /** What to write instead. */
  hint?: string | undefined;
}

const MAX_SHOWN = 8;

/** One error for all the problems of a file, the first of them in its message. */
export function refusal(source: Source, problems: readonly Problem[]): LabsError {
  const sorted = problems.toSorted((a, b) => a.span.offset - b.span.offset);
  const [first, ...others] = sorted.slice(0, MAX_SHOWN) as [Problem, ...Problem[]];
  const more = sorted.length - MAX_SHOWN;
  const detail = [
    frameOf(source, first.span),
    ...others.map((problem) => `\n${describe(source, problem)}\n${frameOf(source, problem.span)}`),
    ...(more > 0 ? [`\nand ${more} more`] : []),
  ].join('\n');
  return usageError(describe(source, first, ''), { detail, hint: first.hint });
}

function describe(source: Source, problem: Problem, hint = problem.hint): string {
  const end = /[.?!]$/.test(problem.message) ? '' : '.';
  return `${placeOf(source, problem.span)}: ${problem.message}${end}${hint ? ` ${hint}` : ''}`;
}
