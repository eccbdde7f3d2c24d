import {
  concurrently,
  defineStage,
  expect,
  type Http,
  holdTable,
  type OwnContext,
  type Response,
} from 'backend-labs/kit';
import {
  HASH_PATIENCE_MS,
  logIn,
  newAccount,
  type Session,
  signUp,
  tryRefresh,
} from './accounts.ts';
import { ask, bothOf, expectStatusOnBoth } from './asking.ts';
import { AUTHENTICATION, LOCKING, ROTATION, UNIQUE } from './reading.ts';
import { expectSameTime } from './timing.ts';

/**
 * Milliseconds that each message between app and Postgres waits. What reads first and writes later
 * then leaves a gap in which others read too: no luck is left in a race.
 */
const LATENCY = 5;

/** Less than anybody waits for an answer of Postgres, in milliseconds. */
const HELD_MS = 1_000;
/** With two messages each, twenty have looked by then. */
const TOKENS_HELD_MS = 900;
/** How often twenty come at once with a token of one session, which must then have ended. */
const REPLAYS = 3;

/** What a request takes at most, in milliseconds, where nothing is overloaded. */
const PATIENCE_MS = 1_500;

export default defineStage({
  id: 'races',
  title: 'At the same moment',
  world: 'own',
  checks: [
    {
      id: 'one-registration-wins',
      title: 'Of 20 parallel registrations of one address, one is 201 and the rest are 409',
      points: 2,
      needs: ['addresses-are-unique'],
      hint: 'Between “is it taken?” and the INSERT another request can take it. Insert at once, and treat the violation of the UNIQUE constraint (SQLSTATE 23505) as the answer: 409.',
      reference: UNIQUE,
      run: async ({ http, sql, random, postgres }) => {
        const { email } = newAccount(random);
        const accounts = Array.from({ length: 20 }, (_, i) =>
          newAccount(random, { email: i % 3 === 2 ? email.toUpperCase() : email }),
        );
        await openConnections(http, await signUp(http, random));
        postgres.delay(LATENCY);
        // A hash takes its time, so that they come to the table one after the other; now they wait for each other there.
        const users = await holdTable(sql, 'users', HELD_MS);
        const answers = await concurrently(20, (i) =>
          bothOf(http)[i % 2]!.post('/auth/register', {
            json: accounts[i],
            note: 'one of 20 at once, all with one address',
            timeoutMs: HASH_PATIENCE_MS,
          }),
        );
        await users.released;
        await postgres.restore();
        const decided = answers.filter(isDecided);
        for (const answer of decided) expect(answer).toHaveStatus(201, 409);
        const winners = answers.filter(({ status }) => status === 201);
        const rows = await sql`SELECT name FROM users WHERE lower(email) = ${email}`;
        expect(rows.length, 'the rows of users with this address', winners[0]).toBe(1);
        const undecided = decided.length < answers.length;
        if (!undecided || winners.length > 1)
          expect(winners.length, 'the number of 201 among 20', answers[0]).toBe(1);
        for (const winner of winners)
          await logIn(http, accounts[answers.indexOf(winner)]!, { note: 'as the one that won' });
      },
    },
    {
      id: 'one-refresh-wins',
      title: 'Of 20 parallel refreshes with one token, over both instances, at most one succeeds',
      points: 3,
      needs: ['refresh-works-once'],
      hint: 'A SELECT that finds the token unused says nothing about the moment of the UPDATE. Let one statement decide (`UPDATE … WHERE token_hash = $1 AND used_at IS NULL RETURNING …`), or lock the row first.',
      reference: LOCKING,
      run: async (context) => {
        const { http, random } = context;
        // All before the first burst: what one leaves behind on a busy machine is not for the next to trip over.
        const rounds: [latency: number, session: Session][] = [];
        for (const latency of [LATENCY, LATENCY, 0])
          rounds.push([latency, await signUp(http, random)]);
        for (const [latency, session] of rounds) {
          const answers = await burst(context, session, latency);
          const winners = answers.filter(({ status }) => status === 200);
          for (const answer of answers.filter(isDecided)) expect(answer).toHaveStatus(200, 401);
          if (winners.length > 1)
            throw winners[1]!.failure(
              'at most one 200 for one refresh token',
              `${winners.length} of ${answers.length} requests were answered 200`,
            );
        }
      },
    },
    {
      id: 'parallel-replay-ends-session',
      title: 'After these the session has ended: what the winner was given is refused',
      points: 1,
      needs: ['one-refresh-wins', 'replay-ends-access'],
      hint: 'The losers are replays, and end the session. Where that happens before the winner’s new token is stored, the new one must not escape: let tokens be good only while their session is.',
      reference: ROTATION,
      run: async (context) => {
        // Where one of the twenty looked late, after the winner was done, it has ended the session for an app that would
        // not have ended it by itself; and on a machine that is overloaded none may have come to be a replay.
        for (let round = 0; round < REPLAYS; round += 1) await expectSessionEnded(context);
      },
    },
    {
      id: 'log-in-takes-as-long',
      title: 'A log-in with an unknown address takes as long as one with a wrong password',
      points: 2,
      needs: ['log-in-tells-nothing', 'hashes-slowly'],
      timeoutMs: 120_000,
      hint: 'Where there is no such account, verify the password against a hash that you made when the app started, with the same cost, and answer 401 all the same.',
      reference: AUTHENTICATION,
      run: async ({ http, random, signal }) => {
        const { account } = await signUp(http, random);
        await expectSameTime(http, account.email, random, signal);
      },
    },
  ],
});

/** Of one whose refresh token came twenty times at once; says nothing where none of them was a replay. */
async function expectSessionEnded(context: OwnContext): Promise<void> {
  const { http, random } = context;
  const session = await signUp(http, random);
  const answers = await burst(context, session, LATENCY, TOKENS_HELD_MS);
  if (!answers.some(({ status }) => status === 401)) return;
  const note = 'of a session whose refresh token came 20 times at once';
  for (const winner of answers.filter(({ status }) => status === 200)) {
    const again = await tryRefresh(http, winner.json.refresh_token, { note });
    expect(again).toBeProblem(401);
    await expectStatusOnBoth(http, winner.json.access_token, 401, note);
  }
  await expectStatusOnBoth(http, session.access, 401, note);
}

/** Undefined where the app does not keep its refresh tokens in the table that the lab suggests. */
async function holdTokens(sql: OwnContext['sql'], milliseconds: number) {
  const [table] = await sql<{ there: boolean }>`
    SELECT EXISTS (
      SELECT FROM pg_class WHERE oid = to_regclass('refresh_tokens') AND relkind = 'r'
    ) AS there`;
  return table!.there ? holdTable(sql, 'refresh_tokens', milliseconds) : undefined;
}

/**
 * Twenty refreshes at once with the token of the session, half of them on each instance. Nobody writes to the table of
 * tokens for so long: all have looked by then.
 */
async function burst(
  { http, sql, postgres }: Pick<OwnContext, 'http' | 'sql' | 'postgres'>,
  session: Session,
  latency: number,
  heldMs = 0,
): Promise<Response[]> {
  await openConnections(http, session);
  if (latency > 0) postgres.delay(latency);
  const held = heldMs > 0 ? await holdTokens(sql, heldMs) : undefined;
  const note = 'one of 20 at once, all with one refresh token';
  const answers = await concurrently(20, (i) =>
    tryRefresh(bothOf(http)[i % 2]!, session.refresh, { note, timeoutMs: 10_000 }),
  );
  await held?.released;
  await postgres.restore();
  return answers;
}

/**
 * On a machine that is overloaded an app may give up its wait for a lock or a connection: a 503 that took
 * long decides nothing.
 */
function isDecided({ status, exchange }: Response): boolean {
  return status !== 503 || exchange.durationMs < PATIENCE_MS;
}

/** Has the app open its connections: what races is then the statements, not the handshakes before them. */
async function openConnections(http: Http, { access }: Session): Promise<void> {
  const note = 'to have connections open before the race';
  await concurrently(20, (i) => ask(bothOf(http)[i % 2]!, access, 'GET', '/me', { note }));
}
