import { LabsError, messageOf } from '../core/errors.ts';
import { describeExchange, type Exchange, type Violation } from '../core/exchange.ts';
import { CheckFailure, type Failure, NotAvailable } from '../core/failure.ts';
import type { CheckResult } from '../core/report.ts';
import { isPending, type Trace } from '../kit/trace.ts';

/** What one try of a check came to. */
export type Judgement = Pick<CheckResult, 'verdict' | 'failure' | 'skipped' | 'error'> & {
  gradable: boolean;
};

/** The check returned: it holds, unless an answer on the way broke the contract. */
export function judgeReturn(exchanges: readonly Exchange[]): Judgement {
  const failure = contractFailure(exchanges);
  return failure === undefined
    ? { verdict: 'passed', gradable: true }
    : { verdict: 'failed', failure, gradable: true };
}

/** The check threw: the learner's failure, something this run cannot do, or a fault of ours. */
export function judgeThrow(error: unknown, exchanges: readonly Exchange[]): Judgement {
  if (error instanceof CheckFailure)
    return { verdict: 'failed', failure: complete(error.failure, exchanges), gradable: true };
  if (error instanceof NotAvailable)
    return { verdict: 'skipped', skipped: error.message, gradable: false };
  if (error instanceof LabsError)
    return {
      verdict: 'errored',
      gradable: true,
      error: {
        kind: error.kind === 'environment' ? 'environment' : 'bug',
        message: error.message,
        ...(error.hint !== undefined && { detail: error.hint }),
      },
    };
  // An answer that breaks the contract can trip the grader's own code: the contract says why.
  const failure = contractFailure(exchanges);
  if (failure !== undefined) return { verdict: 'failed', failure, gradable: true };
  const detail = error instanceof Error ? error.stack : undefined;
  return {
    verdict: 'errored',
    gradable: true,
    error: { kind: 'bug', message: messageOf(error), ...(detail !== undefined && { detail }) },
  };
}

/** The check ran out of time: where a request was under way, that one is what it waited for. */
export function judgeTimeout(timeoutMs: number, { exchanges, now }: Trace): Judgement {
  const pending = exchanges.find(isPending);
  const waited =
    pending === undefined ? undefined : { ...pending, durationMs: now() - pending.startedAt };
  const failure: Failure = {
    action: waited === undefined ? '' : describeExchange(waited),
    expected: `the check to be done within ${timeoutMs / 1000} s`,
    actual: waited === undefined ? 'it was not' : 'it was still waiting for the answer',
    evidence: waited === undefined ? [] : [{ kind: 'exchange', exchange: waited }],
    hint: 'The app answers so slowly that the check ran out of time: see its log for what it waits for.',
  };
  return { verdict: 'failed', failure: complete(failure, exchanges), gradable: true };
}

/** Fills in what a matcher could not know: what was done last, and its record. */
function complete(failure: Failure, exchanges: readonly Exchange[]): Failure {
  const last = exchanges.at(-1);
  const hasExchange = failure.evidence.some((evidence) => evidence.kind === 'exchange');
  return {
    ...failure,
    action: failure.action || (last === undefined ? 'the check' : describeExchange(last)),
    evidence:
      hasExchange || last === undefined
        ? failure.evidence
        : [...failure.evidence, { kind: 'exchange', exchange: last }],
  };
}

/** `status`: 201 or 400; `header etag`: there; `/items/0/id`: a UUID. */
function contractSentence({ at, expected }: Violation): string {
  const what =
    at === 'status' ? 'a status that the contract lists' : `${at} as the contract has it`;
  return `${what} (openapi.yaml): ${expected}`;
}

function contractFailure(exchanges: readonly Exchange[]): Failure | undefined {
  const exchange = exchanges.find(({ violations }) => violations.length > 0);
  const [first] = exchange?.violations ?? [];
  if (exchange === undefined || first === undefined) return undefined;
  return {
    action: describeExchange(exchange),
    expected: contractSentence(first),
    actual: first.actual,
    evidence: [{ kind: 'exchange', exchange }],
    hint: 'Compare the answer with this operation in openapi.yaml.',
  };
}
