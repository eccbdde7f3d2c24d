import { access } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunDirectory } from '../../../src/platform/run-directory.ts';
import type { PostgresLogin, PostgresServer } from '../../../src/services/port.ts';
import { withClient } from '../../../src/services/postgres/connection.ts';
import { leftovers, startTestPostgres, testProvider, usePostgres } from '../../support/postgres.ts';
import { quiet, scratch } from './scratch.ts';

const SCHEMA = `CREATE TABLE notes (id int PRIMARY KEY, text text);
INSERT INTO notes VALUES (1, 'from the schema');`;

const one = async (login: PostgresLogin, sql: string) =>
  withClient(login, async (client) => {
    // Of several statements, each has a result.
    const results = [await client.query(sql)].flat();
    return results.at(-1)!.rows[0];
  });

function asApp(server: PostgresServer, admin: PostgresLogin): PostgresLogin {
  return { ...admin, ...server.role };
}

describe('a server of this machine', () => {
  const postgres = usePostgres(SCHEMA);

  test('gives each database the schema and nothing of another', async () => {
    const [a, b] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
    await one(a.grader, "INSERT INTO notes VALUES (2, 'only in a')");
    expect(await one(a.grader, 'SELECT count(*)::int AS n FROM notes')).toEqual({ n: 2 });
    expect(await one(b.grader, 'SELECT count(*)::int AS n FROM notes')).toEqual({ n: 1 });
    expect(a.name).not.toBe(b.name);
    await Promise.all([a.drop(), b.drop()]);
  });

  test('lets the app own its database, and no more', async () => {
    const { server } = postgres;
    const database = await postgres.createDatabase();
    const app = asApp(server, database.grader);
    await one(app, 'CREATE TABLE made_by_app (id int)');
    await one(app, 'ALTER TABLE notes ADD COLUMN more text');
    expect(
      await one(
        app,
        'SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user',
      ),
    ).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false });
    await expect(one({ ...app, database: 'postgres' }, 'SELECT 1')).rejects.toThrow(
      /permission denied/,
    );
    await expect(one(app, "SELECT pg_read_file('/etc/passwd')")).rejects.toThrow(
      /permission denied/,
    );
    await one(app, 'DROP SCHEMA public CASCADE');
    await one(app, 'CREATE SCHEMA public; CREATE TABLE notes (id int)');
    expect(await one(database.grader, 'SELECT count(*)::int AS n FROM notes')).toEqual({ n: 0 });
    await database.drop();
  });

  test('asks for the grader with no more rights than the app has', async () => {
    const { server } = postgres;
    const database = await postgres.createDatabase();
    const app = asApp(server, database.grader);
    // What an app puts behind a table runs as whoever touches the table.
    await one(
      app,
      `CREATE TABLE tried (what text, error text);
       CREATE FUNCTION try(what text) RETURNS void LANGUAGE plpgsql AS $$BEGIN
         EXECUTE what;
         INSERT INTO tried VALUES (what, NULL);
       EXCEPTION WHEN OTHERS THEN
         INSERT INTO tried VALUES (what, SQLERRM);
       END$$;
       CREATE FUNCTION escape() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
         PERFORM try('ALTER ROLE app SUPERUSER');
         PERFORM try('GRANT labs_grader TO app');
         PERFORM try('SET SESSION AUTHORIZATION postgres');
         PERFORM try($c$COPY tried FROM PROGRAM 'id'$c$);
         RETURN NEW;
       END$$;
       CREATE TRIGGER escape BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION escape()`,
    );
    await one(database.grader, "UPDATE notes SET text = 'by the grader'");
    expect(await one(app, 'SELECT text FROM notes')).toEqual({ text: 'by the grader' });
    const tried = await one(
      app,
      'SELECT count(*)::int AS n, count(error)::int AS refused FROM tried',
    );
    expect(tried).toEqual({ n: 4, refused: 4 });
    await database.drop();
  });

  test('lets the app settle nothing of a database, or of the template', async () => {
    const { server } = postgres;
    const database = await postgres.createDatabase();
    const app = asApp(server, database.grader);
    for (const statement of [
      `ALTER DATABASE ${database.name} SET statement_timeout = 1`,
      `ALTER DATABASE ${database.name} ALLOW_CONNECTIONS false`,
      'ALTER DATABASE labs_template ALLOW_CONNECTIONS true',
      'ALTER ROLE labs_grader SET statement_timeout = 1',
    ])
      await expect(one(app, statement), statement).rejects.toThrow(/must be|permission denied/);
    await database.drop();
  });

  test('keeps connections for the grader, whatever the app takes', async () => {
    const database = await postgres.createDatabase();
    const { app, all } = (await one(
      database.grader,
      `SELECT (SELECT rolconnlimit FROM pg_roles WHERE rolname = 'app') AS app,
              current_setting('max_connections')::int AS all`,
    )) as { app: number; all: number };
    expect(all - app).toBeGreaterThanOrEqual(100);
    await database.drop();
  });

  test('asks for a password', async () => {
    const database = await postgres.createDatabase();
    const wrong = { ...database.grader, password: 'guessed' };
    await expect(one(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    await database.drop();
  });

  test('sorts by code point, in UTF-8, in UTC', async () => {
    const database = await postgres.createDatabase();
    expect(
      await one(
        database.grader,
        `SELECT array_agg(w ORDER BY w) AS words, upper('é') AS upper,
                current_setting('timezone') AS zone, current_setting('server_encoding') AS encoding
           FROM unnest(ARRAY['a', 'B', 'é', 'z']) AS w`,
      ),
    ).toEqual({ words: ['B', 'a', 'z', 'é'], upper: 'É', zone: 'UTC', encoding: 'UTF8' });
    await database.drop();
  });

  test('ends the sessions of a database that it drops', async () => {
    const database = await postgres.createDatabase();
    await withClient(database.grader, async (client) => {
      await client.query('BEGIN; LOCK TABLE notes');
      await database.drop();
      await expect(client.query('SELECT 1')).rejects.toThrow();
    });
    await expect(one(database.grader, 'SELECT 1')).rejects.toThrow(/does not exist/);
    await database.drop();
  });
});

test('leaves no process and no file', async () => {
  await using postgres = await startTestPostgres();
  const { run, server } = postgres;
  expect(server.version).toMatch(/^PostgreSQL 18\.\d+$/);
  expect(await leftovers(run)).not.toEqual([]);
  await server.createDatabase();
  await postgres[Symbol.asyncDispose]();
  expect(await leftovers(run)).toEqual([]);
  await expect(access(run.path)).rejects.toThrow('ENOENT');
});

test('a run may have several servers', async () => {
  await using place = await scratch();
  const run = await place.newRun();
  const provider = await testProvider(run);
  const servers = ['a', 'b'].map((table) =>
    provider.postgres({ version: '17', schema: `CREATE TABLE ${table} ()` }),
  );
  try {
    const [a, b] = await Promise.all(servers.map((server) => server.setup(quiet())));
    expect(a!.address).not.toEqual(b!.address);
  } finally {
    await Promise.all(servers.map((server) => server.teardown()));
  }
  expect(await leftovers(run)).toEqual([]);
});

test('listens on loopback where the path of a socket would be too long', async () => {
  await using place = await scratch();
  const run = await createRunDirectory(path.join(place.directory, 'x'.repeat(100)));
  const resource = (await testProvider(run)).postgres({ version: '17', schema: SCHEMA });
  try {
    const server = await resource.setup(quiet());
    expect(server.address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
    const database = await server.createDatabase();
    expect(await one(asApp(server, database.grader), 'SELECT text FROM notes')).toEqual({
      text: 'from the schema',
    });
  } finally {
    await resource.teardown();
  }
});

test('a schema that does not apply is a bug of the lab, with its line', async () => {
  await expect(
    startTestPostgres('CREATE TABLE a (id int);\nCREATE TABEL b (id int);'),
  ).rejects.toMatchObject({
    kind: 'bug',
    message: expect.stringContaining('syntax error at or near "TABEL"'),
    detail: 'line 2: CREATE TABEL b (id int);',
  });
});
