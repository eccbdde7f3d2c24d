import { defineStage, expect } from 'backend-labs/kit';
import { logIn, newAccount, refresh, register, signUp, tryLogIn } from './accounts.ts';
import { ask } from './asking.ts';
import { rfc } from './reading.ts';

export default defineStage({
  id: 'basics',
  title: 'Register, log in, be known',
  world: 'shared',
  checks: [
    {
      id: 'answers-health',
      title: 'GET /healthz says that the app can serve',
      points: 1,
      hint: 'Answer 200 with {"status":"ok"} as application/json. Orchestrators ask this path before they send traffic.',
      reference: rfc(9110, '15.3.1', '200 OK'),
      run: async ({ http }) => {
        const health = await http.get('/healthz');
        expect(health).toHaveStatus(200);
        expect(health).toHaveJson({ status: 'ok' });
      },
    },
    {
      id: 'registers',
      title: 'POST /auth/register makes an account in the table users',
      points: 1,
      hint: 'Insert into `users`, and answer 201 with id, email, name, role and createdAt: nothing else, and above all no hash.',
      reference: rfc(9110, '15.3.2', '201 Created'),
      run: async ({ http, sql, random }) => {
        const account = newAccount(random);
        const registered = await register(http, account);
        const { email, name } = account;
        expect(registered).toHaveJson({ email, name, role: 'user' });
        const rows = await sql`SELECT id, name, role FROM users WHERE email = ${email}`;
        expect(rows, 'the rows of users with this address', registered).toBe([
          { id: registered.json.id, name, role: 'user' },
        ]);
      },
    },
    {
      id: 'logs-in',
      title: 'POST /auth/login gives a pair of tokens for the right password alone',
      points: 1,
      needs: ['registers'],
      hint: 'Look the account up by its address, verify the password against `password_hash`, and answer 200 with access_token, token_type "Bearer", expires_in and refresh_token; 401 otherwise.',
      reference: rfc(6749, '5.1', 'Successful Response'),
      run: async ({ http, random, env }) => {
        const account = newAccount(random);
        await register(http, account);
        const { answer } = await logIn(http, account);
        expect(answer).toHaveJson({
          token_type: 'Bearer',
          expires_in: Number(env['ACCESS_TOKEN_TTL']),
        });
        const other = newAccount(random);
        for (const [note, email, password] of [
          ['with a wrong password', account.email, `${account.password}x`],
          ['with the password of nobody', account.email, other.password],
          ['with an address that has no account', other.email, account.password],
        ] as const)
          expect(await tryLogIn(http, { email, password }, { note })).toBeProblem(401);
      },
    },
    {
      id: 'knows-me',
      title: 'GET /me answers with the account of the token, on both instances',
      points: 1,
      needs: ['logs-in'],
      hint: 'Verify the token of `Authorization: Bearer …`, look up the session that `sid` names and the account of `sub`, and answer with the account.',
      reference: rfc(6750, '2.1', 'Authorization Request Header Field'),
      run: async ({ http, random }) => {
        for (const one of [await signUp(http, random), await signUp(http.to('web.2'), random)])
          for (const instance of [http, http.to('web.2')]) {
            const me = await ask(instance, one.access, 'GET', '/me');
            expect(me).toHaveStatus(200);
            expect(me.json, 'the account', me).toBe(one.user);
          }
      },
    },
    {
      id: 'changes-name',
      title: 'PATCH /me changes the name',
      points: 1,
      needs: ['knows-me'],
      hint: 'Update `name` where the body has it, and answer 200 with the account as it is now.',
      reference: rfc(9110, '15.3.1', '200 OK'),
      run: async ({ http, random }) => {
        const { access, user } = await signUp(http, random);
        const name = `${random.title()} “☂” O'Neil`;
        const patched = await ask(http, access, 'PATCH', '/me', { json: { name } });
        expect(patched).toHaveStatus(200);
        const me = await ask(http.to('web.2'), access, 'GET', '/me', { note: 'after the change' });
        expect(me).toHaveStatus(200);
        for (const answer of [patched, me])
          expect(answer.json, 'the account', answer).toBe({ ...user, name });
        const untouched = await ask(http, access, 'PATCH', '/me', { json: {} });
        expect(untouched).toHaveStatus(200);
        expect(untouched).toHaveJson({ name });
      },
    },
    {
      id: 'keeps-notes',
      title: 'Notes are created, listed, read, replaced, patched and deleted',
      points: 1,
      needs: ['knows-me'],
      hint: 'Each is one SQL statement on `notes`. PUT empties a body that is not sent, PATCH leaves it.',
      reference: rfc(9110, '9.3', 'Method Definitions'),
      run: async ({ http, random }) => {
        const { access } = await signUp(http, random);
        const other = http.to('web.2');
        const first = { title: random.title(), body: `${random.title()} — ${random.title()} 🌧` };
        const created = await ask(http, access, 'POST', '/notes', { json: first });
        expect(created).toHaveStatus(201);
        expect(created).toHaveJson(first);
        const path = new URL(created.requiredHeader('Location'), created.exchange.url).pathname;
        expect(path, 'the path in Location', created).toBe(`/notes/${created.json.id}`);
        const second = await ask(other, access, 'POST', '/notes', { json: { title: 'x' } });
        expect(second).toHaveStatus(201);
        expect(second).toHaveJson({ title: 'x', body: '' });
        const list = await ask(http, access, 'GET', '/notes');
        expect(list).toHaveStatus(200);
        // Whatever else may be in it, which another check judges.
        const own = list.json.items.filter(({ id }: { id: string }) =>
          [created.json.id, second.json.id].includes(id),
        );
        expect(own, 'the notes that were written, the newest first', list).toBe([
          second.json,
          created.json,
        ]);
        const read = async (note: string) => {
          const answer = await ask(other, access, 'GET', path, { note });
          expect(answer).toHaveStatus(200);
          return answer;
        };
        expect((await read('as it was created')).json, 'the note').toBe(created.json);
        const title = random.title();
        const patched = await ask(http, access, 'PATCH', path, { json: { title } });
        expect(patched).toHaveStatus(200);
        expect(await read('after PATCH')).toHaveJson({ title, body: first.body });
        const replaced = await ask(http, access, 'PUT', path, { json: { title: 'y' } });
        expect(replaced).toHaveStatus(200);
        expect(await read('after PUT')).toHaveJson({ title: 'y', body: '' });
        expect(await ask(http, access, 'DELETE', path)).toHaveStatus(204);
        const gone = await ask(other, access, 'GET', path, { note: 'after DELETE' });
        expect(gone).toBeProblem(404);
      },
    },
    {
      id: 'refreshes',
      title: 'POST /auth/refresh gives a new pair, on whichever instance',
      points: 2,
      needs: ['knows-me'],
      hint: 'Look the refresh token up by its hash, mark it as used, and answer 200 with a new access token and a new refresh token of the same session. No Authorization is needed.',
      reference: rfc(6749, '6', 'Refreshing an Access Token'),
      run: async ({ http, random }) => {
        const session = await signUp(http, random);
        let last = session.refresh;
        for (const instance of [http.to('web.2'), http, http.to('web.2')]) {
          const next = await refresh(instance, last);
          expect(next.refresh, 'the new refresh token', next.answer).notToBe(last);
          const me = await ask(http, next.access, 'GET', '/me', { note: 'with the new token' });
          expect(me).toHaveStatus(200);
          expect(me).toHaveJson({ id: session.user.id });
          last = next.refresh;
        }
        const me = await ask(http, session.access, 'GET', '/me', {
          note: 'with the access token from before the refresh, which has not expired',
        });
        expect(me).toHaveStatus(200);
      },
    },
    {
      id: 'logs-out',
      title: 'POST /auth/logout ends the session: its access token is refused from then on',
      points: 2,
      needs: ['knows-me'],
      hint: 'Mark the session of the token (`sid`) as ended, answer 204, and look at that mark whenever a token is verified.',
      reference: rfc(7009, '2', 'Token Revocation'),
      run: async ({ http, random }) => {
        const { access } = await signUp(http, random);
        const out = await ask(http, access, 'POST', '/auth/logout');
        expect(out).toHaveStatus(204);
        const note = 'after log-out, on the instance that was asked';
        expect(await ask(http, access, 'GET', '/me', { note })).toBeProblem(401);
        const again = await ask(http, access, 'POST', '/auth/logout', { note: 'a second time' });
        expect(again).toBeProblem(401);
      },
    },
  ],
});
