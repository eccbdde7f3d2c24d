import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usageError } from '../../../src/core/errors.ts';
import { ownerRecord } from '../../../src/platform/owner.ts';
import { isOwnerAlive, type RunOwner } from '../../../src/platform/run-directory.ts';
import { createExternalProvider } from '../../../src/services/external/provider.ts';
import { sweepDatabases } from '../../../src/services/external/sweep.ts';
import type { PostgresLogin } from '../../../src/services/port.ts';
import { withClient } from '../../../src/services/postgres/connection.ts';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.ts';
import { quiet, type Scratch, scratch } from './scratch.ts';

const REQUEST = {
  version: '17',
  schema: 'CREATE TABLE notes (id int); INSERT INTO notes VALUES (1)',
};

let host: TestPostgres;
let place: Scratch;
let admin: PostgresLogin;

beforeAll(async () => {
  place = await scratch();
  host = await startTestPostgres();
  admin = host.server.admin;
  await sql(
    `CREATE ROLE maker LOGIN CREATEDB PASSWORD 'pw:1'`,
    `CREATE ROLE other LOGIN CREATEDB PASSWORD 'pw'`,
    `CREATE ROLE reader LOGIN PASSWORD 'pw'`,
    'GRANT CONNECT ON DATABASE postgres TO PUBLIC',
  );
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

async function sql(...statements: string[]): Promise<Record<string, unknown>[]> {
  return withClient(admin, async (client) => {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  });
}

const databases = async () =>
  (await sql("SELECT datname FROM pg_database WHERE datname LIKE 'labs\\_%' ORDER BY 1")).map(
    ({ datname }) => datname,
  );

const urlOf = (user: string, password = 'pw') =>
  `postgres://${user}:${encodeURIComponent(password)}@/postgres?host=${admin.host}&sslmode=prefer`;

const isDead = async (owner: RunOwner) => !(await isOwnerAlive(owner));

async function resourceFor(url: string) {
  const run = await place.newRun();
  return {
    run,
    resource: createExternalProvider({ urls: { postgres: url }, run, isDead }).postgres(REQUEST),
  };
}

describe('a server that the user names', () => {
  test('gets databases of the run, which go with it', async () => {
    const before = await databases();
    const { run, resource } = await resourceFor(urlOf('maker', 'pw:1'));
    const server = await resource.setup(quiet());
    expect(server).toMatchObject({
      version: expect.stringMatching(/^PostgreSQL 18/),
      role: { user: 'maker', password: 'pw:1' },
      address: { path: `${admin.host}/.s.PGSQL.5432` },
    });
    const [a, b] = await Promise.all([server.createDatabase(), server.createDatabase()]);
    expect([a!.name, b!.name].sort()).toEqual([`labs_${run.id}_1`, `labs_${run.id}_2`]);
    const rows = await withClient(
      a!.grader,
      async (client) => (await client.query('SELECT * FROM notes')).rows,
    );
    expect(rows).toEqual([{ id: 1 }]);
    const [{ comment }] = (await sql(
      `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = '${a!.name}'`,
    )) as [{ comment: string }];
    expect(JSON.parse(comment)).toEqual({ labs: await ownerRecord(run.owner) });
    await a!.drop();
    await resource.teardown();
    expect(await databases()).toEqual(before);
  });

  test('must let the role create databases', async () => {
    const { resource } = await resourceFor(urlOf('reader'));
    await expect(resource.setup(quiet())).rejects.toMatchObject({
      kind: 'environment',
      hint: 'Have a superuser of that server run: ALTER ROLE "reader" CREATEDB;',
    });
    await resource.teardown();
  });

  test.each([
    [() => urlOf('maker', 'wrong'), 'password authentication failed', 'check user, password'],
    [() => 'postgres://maker:secret@127.0.0.1:1/postgres', 'ECONNREFUSED', 'port 1 of 127.0.0.1'],
  ])('is named without the password where it cannot be reached', async (url, message, hint) => {
    const { resource } = await resourceFor(url());
    const error = await resource.setup(quiet()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: 'environment',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect(String(error)).not.toMatch(/wrong|secret/);
    await resource.teardown();
  });

  test('an abort leaves no database', async () => {
    const before = await databases();
    for (const afterMs of [0, 10, 20, 30, 40, 60, 80]) {
      const { resource } = await resourceFor(urlOf('maker', 'pw:1'));
      const signal = AbortSignal.timeout(afterMs);
      await resource.setup(quiet(signal)).catch((error: unknown) => {
        if (error !== signal.reason) throw error;
      });
      await resource.teardown();
      expect(await databases()).toEqual(before);
    }
  });
});

describe('sweeping', () => {
  test('takes the databases of dead runs, and no other', async () => {
    const self = await ownerRecord((await place.newRun()).owner);
    const dead = { ...self, pid: 2 ** 22 + 1, started: '1' };
    const comment = (owner: unknown) => `'${JSON.stringify({ labs: owner })}'`;
    await sql(
      'CREATE DATABASE labs_deadrunaaa_0 OWNER maker',
      `COMMENT ON DATABASE labs_deadrunaaa_0 IS ${comment(dead)}`,
      'CREATE DATABASE labs_deadrunaaa_1 OWNER maker',
      'CREATE DATABASE labs_liverunaaa_0 OWNER maker',
      `COMMENT ON DATABASE labs_liverunaaa_0 IS ${comment(self)}`,
      'CREATE DATABASE labs_elsewherea_0 OWNER maker',
      `COMMENT ON DATABASE labs_elsewherea_0 IS ${comment({ ...dead, pids: 'pid:[1]' })}`,
      'CREATE DATABASE labs_otherhosta_0 OWNER maker',
      `COMMENT ON DATABASE labs_otherhosta_0 IS ${comment({ ...dead, host: 'elsewhere' })}`,
      'CREATE DATABASE labs_withoutaaa_0 OWNER maker',
      'CREATE DATABASE labs_otheruseraa_0 OWNER other',
      'CREATE DATABASE labs_otherusera_0 OWNER other',
      `COMMENT ON DATABASE labs_otherusera_0 IS ${comment(dead)}`,
      'CREATE DATABASE labs_production OWNER maker',
      `COMMENT ON DATABASE labs_production IS ${comment(dead)}`,
    );
    const before = await databases();
    expect(await sweepDatabases(urlOf('maker', 'pw:1'), isDead)).toEqual([
      'labs_deadrunaaa_0',
      'labs_deadrunaaa_1',
    ]);
    expect(await databases()).toEqual(before.filter((name) => !String(name).includes('deadrun')));
    expect(await sweepDatabases(urlOf('maker', 'pw:1'), isDead)).toEqual([]);
  });

  test('comes before a setup', async () => {
    const dead = {
      ...(await ownerRecord((await place.newRun()).owner)),
      pid: 2 ** 22 + 1,
      started: '1',
    };
    await sql(
      'CREATE DATABASE labs_deadrunbbb_0 OWNER maker',
      `COMMENT ON DATABASE labs_deadrunbbb_0 IS '${JSON.stringify({ labs: dead })}'`,
    );
    const { resource } = await resourceFor(urlOf('maker', 'pw:1'));
    await resource.setup(quiet());
    expect(await databases()).not.toContain('labs_deadrunbbb_0');
    await resource.teardown();
  });
});

test('what is no URL is the mistake of the user', async () => {
  await expect(sweepDatabases('nonsense', isDead)).rejects.toBeInstanceOf(
    usageError('').constructor,
  );
});
