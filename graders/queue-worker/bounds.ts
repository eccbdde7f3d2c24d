import { attempt, type Http, type RequestOptions, type Response, type Sql } from 'backend-labs/kit';

/** One request that was held up says little about the next: it must not lift each bound by a minute. */
const MOST_ROOM_MS = 10_000;

/**
 * What the machine may add to a time of the contract, in milliseconds: a second, and twenty times
 * what an ordinary request takes just now.
 */
export async function room(http: Http): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < 3; i += 1) {
    // HEAD, which no contract is asked about: what the answer says is for another check to judge.
    const { value } = await attempt(() =>
      patiently(() => http.request('HEAD', '/healthz', { note: 'to see how fast the machine is' })),
    );
    slowest = Math.max(slowest, value?.exchange.durationMs ?? 0);
  }
  return Math.min(MOST_ROOM_MS, Math.ceil((1_000 + 20 * slowest) / 100) * 100);
}

/** An answer that took so long came from a time-out of the app's own. */
const TIMED_OUT_MS = 700;
const PATIENCE_MS = 15_000;

export const isTimedOut = ({ status, exchange }: Response): boolean =>
  status === 503 && exchange.durationMs > TIMED_OUT_MS;

/**
 * An app has to bound its waits, and on a machine that stands still it answers 503 though nothing is
 * away. It is asked again then, as any client would; a 503 that comes at once is taken as it is.
 */
export async function patiently<Body>(
  send: () => Promise<Response<Body>>,
): Promise<Response<Body>> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let times = 1; ; times += 1) {
    const answer = await send();
    if (isTimedOut(answer) && performance.now() <= deadline) continue;
    if (times > 1) askedAgain.add(answer);
    return answer;
  }
}

const askedAgain = new WeakSet<Response>();

/** What was answered 503 too late may have happened all the same: an answer to a second try may be a replay of it. */
export const wasAskedAgain = (answer: Response): boolean => askedAgain.has(answer);

/** POST, asked again like that. */
export const postPatiently = <Body>(
  http: Http,
  path: string,
  options?: RequestOptions,
): Promise<Response<Body>> => patiently(() => http.post<Body>(path, options));

/** What rounding, and a clock that is read a moment before or after, may differ by. */
export const ROUNDING_MS = 5;

/**
 * By how much a clock of the app's machine may be ahead of the database's: where they run on one
 * machine, as good as nothing.
 */
export async function clockSlack(sql: Sql): Promise<number> {
  const before = Date.now();
  const database = await databaseNow(sql);
  const after = Date.now();
  const off = database < before ? before - database : Math.max(0, database - after);
  return off + ROUNDING_MS;
}

/** The database's clock, by which the ledger counts, in milliseconds. */
export async function databaseNow(sql: Sql): Promise<number> {
  const [row] = await sql<{ now: number }>`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`;
  return row!.now;
}

/** The longest that this very process did not get to run, in milliseconds beyond the 20 of its timer. */
export function watchForStalls(): { end(): number } {
  let [last, longest] = [performance.now(), 0];
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 20);
    last = now;
  };
  const timer = setInterval(tick, 20);
  return {
    end: () => {
      tick();
      clearInterval(timer);
      return longest;
    },
  };
}
