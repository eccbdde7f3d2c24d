import { CheckFailure, expect, type Http, type Random, type Response } from 'backend-labs/kit';
import { tryLogIn } from './accounts.ts';
import { judgePairs, median, type Pair, pairOf, telling } from './timing-verdict.ts';

/**
 * Whether time tells an unknown address from a wrong password.
 *
 * Log-ins are measured in pairs, one of each kind in random order, one after another on one instance. A pair *tells* if
 * its difference is more than half of what a hash takes, and that is what its own wrong password takes beyond a request
 * that is refused without a hash: one measure for all pairs would be wrong on a machine that is slow only for a while. For
 * an app that does the same work in both cases the difference is as often positive as negative, whatever else the machine
 * does, so that a pair tells in one direction with a probability of at most 1/2. The check fails if 28 of 30 pairs tell in
 * the same direction, or, where at least 20 did, 49 of 60: on a busy machine noise hides a difference in one pair of ten.
 * For such an app either comes in fewer than 2e-6 of the runs (two tails of the binomial distribution each). Passing early
 * never fails anybody.
 */
export async function expectSameTime(
  http: Http,
  knownEmail: string,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const logInAs = async (email: string, note: string) => {
    const answer = await tryLogIn(http, { email, password: random.word(18) }, { note });
    expect(answer).toHaveStatus(401);
    return answer;
  };
  const known = () => logInAs(knownEmail, 'the address of an account and a wrong password');
  const unknown = () =>
    logInAs(knownEmail.replace(/^.{10}/, random.word(10)), 'an address without an account');
  const withoutHashMs = await timeWithoutHash(http);
  const pairs: Pair[] = [];
  for (;;) {
    signal.throwIfAborted();
    const knownFirst = random.integer(0, 1) === 0;
    const first = await (knownFirst ? known() : unknown());
    const second = await (knownFirst ? unknown() : known());
    const [ofKnown, ofUnknown] = knownFirst ? [first, second] : [second, first];
    pairs.push(
      pairOf(ofKnown.exchange.durationMs, ofUnknown.exchange.durationMs, { withoutHashMs }),
    );
    const verdict = judgePairs(pairs);
    if (verdict === 'same') return;
    if (verdict === 'tells') throw tells(pairs, ofUnknown);
  }
}

function tells(pairs: readonly Pair[], last: Response): CheckFailure {
  const { sooner, later } = telling(pairs);
  const ms = (value: number) => `${Math.abs(value).toFixed(0)} ms`;
  const hash = median(pairs.map((pair) => pair.hashMs));
  const difference = median(pairs.map((pair) => pair.differenceMs));
  const { failure } = last.failure(
    `the same time for both kinds of log-in, within half of a hash (${ms(hash / 2)})`,
    `an unknown address is answered ${ms(difference)} ${sooner > later ? 'sooner' : 'later'}, in ${Math.max(sooner, later)} of ${pairs.length} pairs by more than half of a hash`,
  );
  const measured = pairs.map((pair) => pair.differenceMs.toFixed(0)).join(' ');
  const text = `known minus unknown, in ms, pair by pair: ${measured}`;
  return new CheckFailure({
    ...failure,
    evidence: [...failure.evidence, { kind: 'text', title: 'what was measured', text }],
  });
}

/** In milliseconds; the least of five, because what else the machine does can only add. */
async function timeWithoutHash(http: Http): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const note = 'a refresh token that nobody gave, to see what a request takes without a hash';
    const json = { refresh_token: 'x'.repeat(43) };
    taken.push((await http.post('/auth/refresh', { json, note })).exchange.durationMs);
  }
  return Math.min(...taken);
}
