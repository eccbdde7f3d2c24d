import { CheckFailure, expect, type Http, type Random, type Response } from 'backend-labs/kit';
import { tryLogIn } from './accounts.ts';

/** Pairs of log-ins that are measured at most. */
const PAIRS = 30;
/** After so many, a difference that is small already is enough to pass. */
const ENOUGH = 10;
/** Pairs that must agree: 28 or more of 30 heads come by chance in 4.4e-7 of all cases. */
const AGREEING = 28;

/**
 * Whether time tells an unknown address from a wrong password.
 *
 * Log-ins are measured in pairs, one of each kind in random order, one after another on one instance. A pair *tells* if
 * its difference is more than half of what a hash takes, which is measured before in the same run as what a wrong password
 * takes beyond a request that is refused without a hash. For an app that does the same work in both cases the difference
 * is as often positive as negative, whatever else the machine does, so that a pair tells in one direction with a probability
 * of at most 1/2. The check fails if 28 of 30 pairs tell in the same direction: for such an app in fewer than 1e-6
 * of the runs (two tails of the binomial distribution). Passing early never fails anybody.
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
  const hashMs = await hashTime(http, known);
  const differences: number[] = [];
  let last: Response | undefined;
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    signal.throwIfAborted();
    const knownFirst = random.integer(0, 1) === 0;
    const first = await (knownFirst ? known() : unknown());
    const second = await (knownFirst ? unknown() : known());
    const [ofKnown, ofUnknown] = knownFirst ? [first, second] : [second, first];
    differences.push(ofKnown.exchange.durationMs - ofUnknown.exchange.durationMs);
    last = ofUnknown;
    if (pair >= ENOUGH && Math.abs(median(differences)) < hashMs / 4) return;
  }
  const faster = differences.filter((difference) => difference > hashMs / 2).length;
  const slower = differences.filter((difference) => difference < -hashMs / 2).length;
  if (Math.max(faster, slower) < AGREEING) return;
  const ms = (value: number) => `${Math.abs(value).toFixed(0)} ms`;
  const { failure } = last!.failure(
    `the same time for both kinds of log-in, within half of a hash (${ms(hashMs / 2)})`,
    `an unknown address is answered ${ms(median(differences))} ${faster > slower ? 'sooner' : 'later'}, in ${Math.max(faster, slower)} of ${PAIRS} pairs by more than half of a hash`,
  );
  const text = `known minus unknown, in ms, pair by pair: ${differences.map((each) => each.toFixed(0)).join(' ')}`;
  throw new CheckFailure({
    ...failure,
    evidence: [...failure.evidence, { kind: 'text', title: 'what was measured', text }],
  });
}

/** What a wrong password takes beyond a request that comes to no hash, in milliseconds. */
async function hashTime(http: Http, known: () => Promise<Response>): Promise<number> {
  const withHash: number[] = [];
  const without: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    withHash.push((await known()).exchange.durationMs);
    const note = 'a refresh token that nobody gave, to see what a request takes without a hash';
    const json = { refresh_token: 'x'.repeat(43) };
    without.push((await http.post('/auth/refresh', { json, note })).exchange.durationMs);
  }
  // Where a hash takes next to nothing, another check says so; here it must not divide noise.
  // The least of each: what else the machine does can only add, and a hash that seems longer tells less.
  return Math.max(10, Math.min(...withHash) - Math.min(...without));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return (sorted[Math.floor(last / 2)]! + sorted[Math.ceil(last / 2)]!) / 2;
}
