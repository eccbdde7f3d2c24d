import {
  defineStage,
  expect,
  type Http,
  type Random,
  type Response,
  type Sql,
} from 'backend-labs/kit';
import { logIn, refresh, type Session, signUp } from './accounts.ts';
import { anyOf, ask, bothOf, withToken } from './asking.ts';
import { forger } from './forgeries.ts';
import { FUNCTION_LEVEL, MASS_ASSIGNMENT, OBJECT_LEVEL, rfc } from './reading.ts';
import { settingsOf } from './settings.ts';

interface Note {
  id: string;
  title: string;
  body: string;
}

export default defineStage({
  id: 'permissions',
  title: 'Who may do what',
  world: 'shared',
  checks: [
    {
      id: 'lists-own-notes',
      title: 'GET /notes lists one’s own notes and nobody else’s',
      points: 1,
      needs: ['keeps-notes'],
      hint: 'The list is a query too: `WHERE owner_id = $1`.',
      reference: OBJECT_LEVEL,
      run: async ({ http, sql, random }) => {
        const [ada, bob] = [await signUp(http, random), await signUp(http, random)];
        const admin = await signUpAdmin(http, sql, random);
        const ofAda = await writeNote(http, random, ada);
        const ofBob = await writeNote(http, random, bob);
        for (const [who, expected] of [
          [ada, [ofAda.id]],
          [bob, [ofBob.id]],
          [admin, []],
        ] as const) {
          const list = await ask<{ items: Note[] }>(
            anyOf(http, random),
            who.access,
            'GET',
            '/notes',
          );
          expect(list).toHaveStatus(200);
          const ids = list.json.items.map(({ id }) => id);
          expect(ids, `the ids of the notes of one ${who.user.role}`, list).toBe([...expected]);
        }
      },
    },
    ...(
      [
        ['GET', 'reads', 2, undefined],
        ['PUT', 'replaces', 2, { title: 'Mallory was here', body: 'x' }],
        ['PATCH', 'patches', 2, { title: 'Mallory was here' }],
        ['DELETE', 'deletes', 2, undefined],
      ] as const
    ).map(([method, verb, points, json]) => ({
      id: `nobody-else-${verb}`,
      title: `${method} of somebody else’s note is 404, for admins too, and leaves it alone`,
      points,
      needs: ['keeps-notes'],
      hint: `Put the owner into the statement itself (\`WHERE id = $1 AND owner_id = $2\`): what is not one’s own is then not found, by ${method} as by the others.`,
      reference: OBJECT_LEVEL,
      run: async ({ http, sql, random }: { http: Http; sql: Sql; random: Random }) => {
        const owner = await signUp(http, random);
        const note = await writeNote(http, random, owner);
        const path = `/notes/${note.id}`;
        const body = json === undefined ? {} : { json };
        for (const other of [await signUp(http, random), await signUpAdmin(http, sql, random)]) {
          const of = `by another ${other.user.role}`;
          const strange = await ask(anyOf(http, random), other.access, method, path, {
            ...body,
            note: of,
          });
          expect(strange).toBeProblem(404);
          const unknownId = random.uuid();
          const unknown = await ask(http, other.access, method, `/notes/${unknownId}`, {
            ...body,
            note: 'of an id that was never given',
          });
          expect(unknown).toBeProblem(404);
          expectSameBody(strange, note.id, unknown, unknownId);
          const still = await ask(http, owner.access, 'GET', path, {
            note: `by its owner, after ${method} ${of}`,
          });
          expect(still).toHaveStatus(200);
          expect(still.json, 'the note', still).toBe(note);
        }
      },
    })),
    {
      id: 'owner-is-not-in-the-body',
      title: 'An owner in the body gives a note to nobody else',
      points: 1,
      needs: ['keeps-notes'],
      hint: 'The owner is the account of the token. Take title and body from the body, and nothing else.',
      reference: MASS_ASSIGNMENT,
      run: async ({ http, sql, random }) => {
        const [ada, bob] = [await signUp(http, random), await signUp(http, random)];
        const { id } = bob.user;
        const owners = { ownerId: id, owner_id: id, userId: id, user_id: id, owner: id };
        const chosen = random.uuid();
        const json = { title: random.title(), id: chosen, ...owners };
        const created = await ask(http, ada.access, 'POST', '/notes', { json });
        expect(created).toHaveStatus(201, 422);
        const note =
          created.status === 201 ? (created.json as Note) : await writeNote(http, random, ada);
        expect(note.id, 'the id of the new note', created).notToBe(chosen);
        const ownerOf = async () =>
          (await sql`SELECT owner_id FROM notes WHERE id = ${note.id}`)[0]?.['owner_id'];
        expect(await ownerOf(), 'notes.owner_id of the new note', created).toBe(ada.user.id);
        for (const method of ['PATCH', 'PUT']) {
          const given = { title: random.title(), ...owners };
          const written = await ask(http, ada.access, method, `/notes/${note.id}`, { json: given });
          expect(written).toHaveStatus(200, 422);
          expect(await ownerOf(), 'notes.owner_id', written).toBe(ada.user.id);
        }
      },
    },
    {
      id: 'admin-is-for-admins',
      title: 'GET /admin/users/{id} is 403 for users, and 200 for admins',
      points: 2,
      needs: ['knows-me'],
      hint: 'Ask for the role before you look for the account: to a user, one that exists and one that does not are the same 403.',
      reference: FUNCTION_LEVEL,
      run: async ({ http, sql, random }) => {
        const [user, other] = [await signUp(http, random), await signUp(http, random)];
        const admin = await signUpAdmin(http, sql, random);
        for (const [id, note] of [
          [other.user.id, 'another account, by a user'],
          [user.user.id, 'one’s own account, by a user'],
          [random.uuid(), 'an account that does not exist, by a user'],
        ] as const) {
          const refused = await ask(anyOf(http, random), user.access, 'GET', `/admin/users/${id}`, {
            note,
          });
          expect(refused).toBeProblem(403);
        }
        for (const instance of bothOf(http)) {
          const path = `/admin/users/${other.user.id}`;
          const found = await ask(instance, admin.access, 'GET', path, { note: 'by an admin' });
          expect(found).toHaveStatus(200);
          expect(found.json, 'the account', found).toBe(other.user);
        }
        const unknown = await ask(http, admin.access, 'GET', `/admin/users/${random.uuid()}`, {
          note: 'an account that does not exist, by an admin',
        });
        expect(unknown).toBeProblem(404);
        const malformed = await ask(http, admin.access, 'GET', '/admin/users/7', {
          note: 'an id that is no UUID, by an admin',
        });
        expect(malformed).toBeProblem(400, 404);
      },
    },
    {
      id: 'role-is-what-it-is-now',
      title: 'A role that is given or taken away counts at once, for tokens that are out already',
      points: 2,
      needs: ['admin-is-for-admins', 'refreshes'],
      hint: 'The claim `role` is as old as the token. Read `users.role` along with the session, and decide by that.',
      reference: FUNCTION_LEVEL,
      run: async ({ http, sql, random }) => {
        const session = await signUp(http, random);
        const { id } = session.user;
        const setRole = (role: string) => sql`UPDATE users SET role = ${role} WHERE id = ${id}`;
        const expectOnBoth = async (token: string, status: number, note: string) => {
          for (const instance of bothOf(http)) {
            const answer = await ask(instance, token, 'GET', `/admin/users/${id}`, { note });
            if (answer.status !== status)
              throw withToken(answer.failure(`status ${status}`, `status ${answer.status}`), token);
          }
        };
        await expectOnBoth(session.access, 403, 'while users.role is user');
        await setRole('admin');
        await expectOnBoth(
          session.access,
          200,
          'once users.role is admin, with a token from before',
        );
        const asAdmin = await logIn(http, session.account);
        expect(asAdmin.claims['role'], 'the claim `role`', asAdmin.answer).toBe('admin');
        await expectOnBoth(asAdmin.access, 200, 'as an admin');
        await setRole('user');
        await expectOnBoth(
          asAdmin.access,
          403,
          'once users.role is user again, with a token from before',
        );
        const again = await refresh(http, asAdmin.refresh);
        expect(again.claims['role'], 'the claim `role` after a refresh', again.answer).toBe('user');
      },
    },
    {
      id: 'role-claim-decides-nothing',
      title: 'A token whose claim says admin does not make its user one',
      points: 1,
      needs: ['takes-good-tokens', 'admin-is-for-admins'],
      hint: 'What the account may do stands in `users.role`. Whoever signs tokens with the key, another service perhaps, need not know it.',
      reference: rfc(8725, '3.10', 'Do Not Trust Received Claims'),
      run: async ({ http, random, env }) => {
        const session = await signUp(http, random);
        const forge = forger(session, settingsOf(env).secret);
        for (const more of [
          { role: 'admin' },
          { role: ['user', 'admin'] },
          { role: 'admin', roles: ['admin'], scope: 'admin', admin: true },
        ]) {
          const token = forge.good(more);
          const note = `a token of a user with ${JSON.stringify(more)}, signed with the key`;
          const path = `/admin/users/${session.user.id}`;
          const answer = await ask(anyOf(http, random), token, 'GET', path, { note });
          if (answer.status !== 403)
            throw withToken(
              answer.failure(
                'status 403: users.role of this account is user',
                `status ${answer.status}`,
              ),
              token,
            );
          const me = await ask(http, token, 'GET', '/me', { note });
          expect(me).toHaveStatus(200);
          expect(me).toHaveJson({ role: 'user' });
        }
      },
    },
  ],
});

async function signUpAdmin(http: Http, sql: Sql, random: Random): Promise<Session> {
  const session = await signUp(http, random);
  await sql`UPDATE users SET role = 'admin' WHERE id = ${session.user.id}`;
  const tokens = await logIn(http, session.account, { note: 'as an admin' });
  return { ...session, ...tokens, user: { ...session.user, role: 'admin' } };
}

async function writeNote(http: Http, random: Random, { access }: Session): Promise<Note> {
  const json = { title: random.title(), body: random.title() };
  const created = await ask<Note>(http, access, 'POST', '/notes', { json });
  expect(created).toHaveStatus(201);
  return created.json;
}

/** Nothing tells the two apart but the ids that were asked for. */
function expectSameBody(one: Response, oneId: string, other: Response, otherId: string): void {
  const said = (answer: Response, id: string) => {
    const { type, title, detail } = answer.json;
    return JSON.stringify({ type, title, detail }).replaceAll(id, '<id>');
  };
  const [first, second] = [said(one, oneId), said(other, otherId)];
  if (first === second) return;
  throw one.failure(
    `the same problem as for an id that was never given: ${second}`,
    first,
    'Whoever sees a difference learns which ids exist.',
  );
}
