import { CheckFailure } from 'backend-labs/kit';
import type { Call } from './calls.ts';
import { type Policy, secondsOf } from './policies.ts';

/** What clocks and their rounding may differ by, in milliseconds. */
export const SLACK_MS = 20;

/**
 * Judges all that one client has sent under a policy: never more than the contract allows in any span of one window, never
 * less than it promises. The moment at which a request counted lies somewhere between its sending and its answer, so
 * that only what holds for each such moment is held against the app.
 *
 * @throws {CheckFailure}
 */
export function expectLawful(calls: readonly Call[], policy: Policy): void {
  expectAtMost(calls, policy);
  expectAtLeast(calls, policy);
}

/** @throws {CheckFailure} more have passed in some span of one window than may */
export function expectAtMost(calls: readonly Call[], policy: Policy): void {
  const passed = calls.filter((call) => call.passed);
  const spans = passed.map(({ sent: from }) =>
    passed.filter(
      ({ sent, answered }) => sent >= from && answered <= from + policy.windowMs - SLACK_MS,
    ),
  );
  const fullest = spans.reduce((most, span) => (span.length > most.length ? span : most), []);
  if (fullest.length <= policy.atMost) return;
  const begin = Math.min(...fullest.map(({ sent }) => sent));
  const end = Math.max(...fullest.map(({ answered }) => answered));
  throw failure(
    calls,
    fullest.at(-1)!,
    `at most ${policy.atMost} of one client’s requests under “${policy.name}” to pass in any span of ${secondsOf(policy)} s`,
    `${fullest.length} passed within ${((end - begin) / 1000).toFixed(2)} s`,
  );
}

/** @throws {CheckFailure} one was refused although fewer than N had passed */
export function expectAtLeast(calls: readonly Call[], policy: Policy): void {
  for (const refused of calls.filter(({ passed }) => !passed)) {
    const before = calls.filter(
      (call) =>
        call.passed &&
        call.sent <= refused.answered &&
        call.answered >= refused.sent - policy.memoryMs - SLACK_MS,
    ).length;
    if (before >= policy.limit) continue;
    const span = `${policy.memoryMs / 1000} s`;
    throw failure(
      calls,
      refused,
      `it to pass: under “${policy.name}” fewer than ${policy.limit} of the client’s requests had passed in the last ${span}`,
      `status 429, with ${before} passed in that time`,
    );
  }
}

/**
 * Whether a wait of too few seconds would have been seen to be too short, from the first call that passed to the last,
 * which named an `end`. In the last second of a window any is long enough; and one that ended before the window did was
 * too short, but the machine so slow that the next request came after it. Then a check may try with another client.
 */
export function wouldShow(
  { name, windowMs }: Policy,
  { first, last, end }: { first: Call; last: Call; end: number },
): boolean {
  // More may pass than the contract asks for.
  if (name === 'default') return true;
  const windowEnds = first.sent + windowMs;
  return last.answered < windowEnds - 1_000 && end >= windowEnds;
}

function failure(calls: readonly Call[], shown: Call, expected: string, actual: string) {
  const { failure } = shown.response.failure(expected, actual);
  const title = 'What this client sent, and what became of it';
  return new CheckFailure({
    ...failure,
    evidence: [...failure.evidence, { kind: 'text', title, text: tableOf(calls) }],
  });
}

/** When each request was sent and how it ended; those of one moment on one line. */
function tableOf(calls: readonly Call[]): string {
  const [first] = [...calls].sort((a, b) => a.sent - b.sent);
  if (first === undefined) return '';
  const lines = new Map<string, { passed: number; refused: number }>();
  for (const { sent, passed } of [...calls].sort((a, b) => a.sent - b.sent)) {
    const moment = `${((sent - first.sent) / 1000).toFixed(1)} s`;
    const line = lines.get(moment) ?? { passed: 0, refused: 0 };
    lines.set(moment, line);
    if (passed) line.passed += 1;
    else line.refused += 1;
  }
  return [...lines]
    .map(([moment, { passed, refused }]) =>
      [
        moment.padStart(6),
        passed > 0 && `${passed} passed`,
        refused > 0 && `${refused} refused with 429`,
      ]
        .filter(Boolean)
        .join('  '),
    )
    .join('\n');
}
