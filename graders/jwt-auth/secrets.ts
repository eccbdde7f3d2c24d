import {
  CheckFailure,
  concurrently,
  defineStage,
  expect,
  type Http,
  type OwnContext,
  type Random,
  type Sql,
} from 'backend-labs/kit';
import {
  logIn,
  newAccount,
  refresh,
  register,
  type Tokens,
  tryLogIn,
  tryRefresh,
} from './accounts.ts';
import { ask, bothOf } from './asking.ts';
import { LOGGING, PASSWORD_STORAGE } from './reading.ts';

/** Something that must stand nowhere in clear. */
interface Secret {
  what: string;
  text: string;
}

export default defineStage({
  id: 'secrets',
  title: 'Nothing in clear',
  world: 'own',
  checks: [
    {
      id: 'tables-hold-no-secrets',
      title: 'No table holds a password or a token in clear',
      points: 2,
      needs: ['refreshes'],
      hint: 'Store the SHA-256 of a refresh token and look it up by that: whoever reads a backup of the database then has nothing to log in with. Access tokens need not be stored at all.',
      reference: PASSWORD_STORAGE,
      run: async ({ http, sql, random }) => {
        const secrets = await use(http, random);
        for (const table of await tablesOf(sql))
          for (const { row } of await rowsOf(sql, table))
            for (const { what, text } of secrets)
              for (const [form, searched] of formsOf(text))
                if (row.includes(searched))
                  throw new CheckFailure({
                    action: `every row of the table ${table}, after log-ins, refreshes and log-outs`,
                    expected: 'no password and no token in clear',
                    actual: `${what}${form}`,
                    evidence: [
                      { kind: 'text', title: `a row of ${table}`, text: row.slice(0, 600) },
                    ],
                  });
      },
    },
    {
      id: 'logs-hold-no-secrets',
      title: 'Nothing that the app prints holds a password, a token or the key',
      points: 2,
      needs: ['refreshes'],
      hint: 'Do not print bodies and headers of requests, nor a token that was refused: logs are read by many and kept for long. Many loggers can redact fields (`authorization`, `password`, `refresh_token`).',
      reference: LOGGING,
      run: async (context) => {
        // What a process prints as it starts counts too.
        await context.app.process('web.2').kill();
        await context.app.process('web.2').start();
        const secrets = await use(context.http, context.random);
        const key = context.env['JWT_SECRET'];
        if (key) secrets.push({ what: 'JWT_SECRET', text: key });
        await misuse(context, secrets);
        // What a process has printed is all there once it has ended.
        await Promise.all(context.app.processes.map((process) => process.terminate(6_000)));
        for (const process of context.app.processes)
          for (const line of process.log())
            for (const { what, text } of secrets)
              if (line.text.includes(text))
                throw new CheckFailure({
                  action: `what ${process.name} printed during log-ins, refreshes, and requests that are refused`,
                  expected: 'no password, no token and no key',
                  actual: what,
                  evidence: [{ kind: 'log', source: process.name, lines: [line] }],
                });
      },
    },
  ],
});

/** Registers, logs in, refreshes, logs out, on both instances; gives all that was secret in it. */
async function use(http: Http, random: Random): Promise<Secret[]> {
  const secrets: Secret[] = [];
  const keep = ({ access, refresh: token }: Tokens, whose: string) => {
    secrets.push(
      { what: `the refresh token of ${whose}`, text: token },
      { what: `the access token of ${whose}`, text: access },
      // Enough to forge: the rest can be guessed.
      { what: `the signature of the access token of ${whose}`, text: access.split('.')[2]! },
    );
  };
  for (const instance of bothOf(http)) {
    const account = newAccount(random);
    secrets.push({ what: 'a password', text: account.password });
    await register(instance, account);
    const first = await logIn(instance, account);
    keep(first, 'a log-in');
    const second = await refresh(instance, first.refresh);
    keep(second, 'a refresh');
    const other = await logIn(instance, account);
    keep(other, 'a session that was logged out');
    expect(await ask(instance, other.access, 'POST', '/auth/logout')).toHaveStatus(204);
    await ask(instance, second.access, 'GET', '/me');
    const wrong = random.word(20);
    secrets.push({ what: 'a wrong password', text: wrong });
    await tryLogIn(instance, { ...account, password: wrong });
    await tryLogIn(instance, { email: newAccount(random).email, password: wrong });
  }
  return secrets;
}

/** Requests that are refused, with secrets in them: errors are what apps print. */
async function misuse({ http, random }: OwnContext, secrets: Secret[]): Promise<void> {
  const account = newAccount(random);
  secrets.push({ what: 'the password of a request that was refused', text: account.password });
  const [one, two] = bothOf(http) as [Http, Http];
  const json = { 'content-type': 'application/json' };
  const first = secrets.find(({ what }) => what.startsWith('the refresh token'))!;
  const access = secrets.find(({ what }) => what.startsWith('the access token'))!;
  const forged = `${access.text.split('.').slice(0, 2).join('.')}.${random.word(43)}`;
  secrets.push({ what: 'a forged token', text: forged });
  const requests = [
    () => one.post('/auth/register', { json: { ...account, name: 7 } }),
    () => two.post('/auth/register', { json: { ...account, email: 'ada' } }),
    () => one.post('/auth/register', { body: `${JSON.stringify(account)},`, headers: json }),
    () =>
      two.post('/auth/login', {
        body: JSON.stringify(account),
        headers: { 'content-type': 'text/plain' },
      }),
    () => one.post('/auth/login', { json: { ...account, email: `\0${account.email}` } }),
    () => tryRefresh(two, first.text),
    () => tryRefresh(one, `${first.text}x`),
    () => ask(one, forged, 'GET', '/me'),
    () => ask(two, `${access.text}x`, 'GET', '/notes'),
    () => one.get('/me', { headers: { authorization: `Basic ${access.text}` } }),
  ];
  await concurrently(requests.length, (i) => requests[i]!());
}

/** How a text may stand in a column of some type, as Postgres prints it. */
function formsOf(text: string): [form: string, searched: string][] {
  const bytes = Buffer.from(text);
  return [
    ['', text],
    [', as bytes', bytes.toString('hex')],
    [', in base64', bytes.toString('base64').replace(/=+$/, '')],
  ];
}

async function tablesOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }>`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'`;
  return rows.map(({ name }) => name);
}

/** @param table as Postgres quotes it */
function rowsOf(sql: Sql, table: string): Promise<{ row: string }[]> {
  // A name cannot be a parameter.
  const parts = [`SELECT t::text AS row FROM ${table} t`];
  return sql(Object.assign(parts, { raw: parts }));
}
