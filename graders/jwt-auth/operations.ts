import {
  attempt,
  concurrently,
  defineStage,
  eventually,
  expect,
  expectCleanExit,
  type OwnContext,
} from 'backend-labs/kit';
import { logIn, newAccount, refresh, register, signUp, tryLogIn, tryRefresh } from './accounts.ts';
import { ask, bothOf, expectStatusOnBoth } from './asking.ts';
import { CONFIG, DISPOSABILITY, KEY_SIZE, rfc } from './reading.ts';
import { expectNoStart } from './start.ts';

/** What the contract gives the app while Postgres is away, after it is back, and after SIGTERM. */
const ANSWER_MS = 5_000;
const RECOVERY_MS = 5_000;
const STOP_MS = 5_000;

export default defineStage({
  id: 'operations',
  title: 'Bad settings, crashes, outages and stops',
  world: 'own',
  checks: [
    {
      id: 'starts-with-no-weak-secret',
      title: 'Without JWT_SECRET, or with one of fewer than 32 bytes, the app does not start',
      points: 2,
      needs: ['answers-health'],
      hint: 'Look at the settings when the app starts, say on standard error what is missing, and exit with a code other than 0. `process.env.JWT_SECRET ?? "secret"` is a secret that everybody knows.',
      reference: KEY_SIZE,
      run: async (context) => {
        const { random } = context;
        await expectNoStart(context, { JWT_SECRET: '' }, 'with an empty JWT_SECRET');
        await expectNoStart(
          context,
          { JWT_SECRET: random.word(31) },
          'with a JWT_SECRET of 31 bytes',
        );
      },
    },
    {
      id: 'starts-with-no-gaps',
      title: 'Nor without JWT_ISSUER or JWT_AUDIENCE',
      points: 1,
      needs: ['starts-with-no-weak-secret'],
      hint: 'An issuer that is empty is, to most libraries, one that need not be checked.',
      reference: CONFIG,
      run: async (context) => {
        await expectNoStart(context, { JWT_ISSUER: '' }, 'with an empty JWT_ISSUER');
        await expectNoStart(context, { JWT_AUDIENCE: '' }, 'with an empty JWT_AUDIENCE');
      },
    },
    {
      id: 'sessions-survive-kill',
      title: 'Sessions, and what ended them, survive kill -9 of both instances',
      points: 2,
      needs: ['refresh-works-once', 'logs-out'],
      hint: 'Keep sessions, used refresh tokens and log-outs in Postgres, committed before the answer; and leave the tables alone when you start.',
      reference: DISPOSABILITY,
      run: async ({ http, app, random }) => {
        const kept = await signUp(http, random);
        const ended = await signUp(http.to('web.2'), random);
        const replayed = await signUp(http, random);
        await refresh(http, replayed.refresh);
        expect(await ask(http, ended.access, 'POST', '/auth/logout')).toHaveStatus(204);
        await Promise.all(app.processes.map((process) => process.kill()));
        await Promise.all(app.processes.map((process) => process.start()));
        const note = 'after kill -9 and a restart of both instances';
        await expectStatusOnBoth(http, kept.access, 200, note);
        await expectStatusOnBoth(http, ended.access, 401, `logged out before; ${note}`);
        expect(await tryRefresh(http, ended.refresh, { note })).toBeProblem(401);
        expect(
          await tryRefresh(http, replayed.refresh, { note: `used before; ${note}` }),
        ).toBeProblem(401);
        await refresh(http.to('web.2'), kept.refresh, { note });
        await logIn(http, kept.account, { note });
      },
    },
    {
      id: 'lets-nobody-in-unseen',
      title: 'While Postgres is away, every operation is a quick 503: no token is taken on trust',
      points: 2,
      needs: ['takes-good-tokens', 'refreshes'],
      hint: 'A session that cannot be looked up is not known to be alive. Answer 503, bound the time for a connection and for each statement, and let the pool connect again by itself.',
      reference: rfc(9110, '15.6.4', '503 Service Unavailable'),
      run: async (context) => {
        const { http, random, postgres, signal } = context;
        const session = await signUp(http, random);
        await expectStatusOnBoth(http, session.access, 200, 'while all is well');
        const roomMs = await room(context, session.access);
        for (const fault of ['cut', 'blackhole'] as const) {
          const other = await logIn(http, session.account);
          postgres[fault]();
          const note =
            fault === 'cut' ? 'while Postgres refuses connections' : 'while Postgres is silent';
          const options = { note, timeoutMs: ANSWER_MS + roomMs };
          const requests = [
            () => ask(http, session.access, 'GET', '/me', options),
            () => ask(http.to('web.2'), session.access, 'GET', '/notes', options),
            () => ask(http, session.access, 'POST', '/notes', { ...options, json: { title: 'x' } }),
            () => ask(http, session.access, 'GET', `/admin/users/${session.user.id}`, options),
            () => tryLogIn(http, session.account, options),
            () => tryRefresh(http, other.refresh, options),
            () => http.post('/auth/register', { json: newAccount(random), ...options }),
          ];
          const answers = await concurrently(requests.length, (i) => requests[i]!());
          for (const answer of answers) expect(answer).toBeProblem(503);
          await postgres.restore();
          await eventually(
            async () => {
              for (const instance of bothOf(http)) {
                const back = await ask(instance, session.access, 'GET', '/me', {
                  note: 'once Postgres is back',
                });
                expect(back).toHaveStatus(200);
              }
            },
            { withinMs: RECOVERY_MS + roomMs, signal },
          );
        }
      },
    },
    {
      id: 'exits-on-sigterm',
      title: 'On SIGTERM the app answers what is in flight and exits with code 0',
      points: 1,
      needs: ['logs-in'],
      hint: 'On SIGTERM close the server, which waits for requests in flight, then the pool, and let the process end.',
      reference: DISPOSABILITY,
      run: async (context) => {
        const { http, app, postgres, random } = context;
        const account = newAccount(random);
        await register(http, account);
        const bound = STOP_MS + 2_000;
        postgres.delay(50);
        // At once, not when its turn has come.
        const { email, password } = account;
        const note = 'in flight when SIGTERM comes';
        const sent = attempt(() =>
          http.post('/auth/login', { json: { email, password }, note, timeoutMs: bound }),
        );
        await postgres.seen(/\busers\b/i, { withinMs: 3_000, what: 'a statement about users' });
        const [exit, answer] = await Promise.all([app.web.terminate(bound), sent]);
        if (answer.failure !== undefined) throw answer.failure;
        expect(answer.value).toHaveStatus(200);
        expectCleanExit(app.web, exit, { within: '5 s', boundMs: bound });
      },
    },
  ],
});

/** What the machine may add to a time of the contract: a second, and twenty times what a request takes just now. */
async function room({ http }: OwnContext, token: string): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < 3; i += 1) {
    const note = 'to see how fast the machine is';
    const answer = await ask(http, token, 'GET', '/me', { note });
    slowest = Math.max(slowest, answer.exchange.durationMs);
  }
  return Math.ceil(1_000 + 20 * slowest);
}
