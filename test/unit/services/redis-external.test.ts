import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownerRecord } from '../../../src/platform/owner.ts';
import { isOwnerAlive, type RunOwner } from '../../../src/platform/run-directory.ts';
import { createExternalProvider } from '../../../src/services/external/provider.ts';
import { sweepRedis } from '../../../src/services/external/redis.ts';
import { freePort } from '../../../src/services/local/address.ts';
import { ServiceProcess } from '../../../src/services/local/service-process.ts';
import type { RedisDatabase, RedisLogin } from '../../../src/services/port.ts';
import { waitForRedis, withRedis } from '../../../src/services/redis/connection.ts';
import { noRedis, redisProgram, titledRedis } from '../../support/redis.ts';
import { quiet, type Scratch, scratch } from './scratch.ts';

const isDead = async (owner: RunOwner) => !(await isOwnerAlive(owner));
const asApp = ({ admin, role }: RedisDatabase): RedisLogin => ({ ...admin, ...role });
const ask = (login: RedisLogin, command: string, ...args: string[]) =>
  withRedis(login, (client) => client.call(command, ...args));

describe.skipIf(noRedis !== undefined)(titledRedis('a Redis that the user names'), () => {
  let place: Scratch;
  let server: ServiceProcess;
  let admin: RedisLogin;
  let url: (user?: string) => string;

  beforeAll(async () => {
    place = await scratch();
    const port = await freePort();
    admin = {
      address: { host: '127.0.0.1', port },
      user: undefined,
      password: 'pw:1',
      number: 0,
    };
    url = (user = '') => `redis://${user}:pw%3A1@127.0.0.1:${port}`;
    server = new ServiceProcess({
      name: 'Redis',
      file: redisProgram.file,
      args: ['--port', String(port), '--save', '', '--databases', '6', '--requirepass', 'pw:1'],
      cwd: place.directory,
      marker: {},
    });
    const { ended } = server;
    await waitForRedis(admin, { signal: AbortSignal.timeout(9_000), timeoutMs: 9_000, ended });
    await ask(admin, 'ACL', 'SETUSER', 'reader', 'on', '>pw:1', '~*', '+@read', '+info', '+select');
    await ask(admin, 'SET', 'production', 'precious');
    await ask({ ...admin, number: 2 }, 'SET', 'theirs', 'too');
  });
  afterAll(async () => {
    await server.endsBy(['SIGTERM'], 3_000);
    await place[Symbol.asyncDispose]();
  });

  const state = async () => ({
    users: await ask(admin, 'ACL', 'USERS'),
    keys: await ask(admin, 'KEYS', '*'),
    info: String(await ask(admin, 'INFO', 'keyspace')).match(/db\d+:keys=\d+/g),
  });
  const untouched = {
    users: ['default', 'reader'],
    keys: ['production'],
    info: ['db0:keys=1', 'db2:keys=1'],
  };

  async function resourceFor(named: string) {
    const run = await place.newRun();
    return {
      run,
      resource: createExternalProvider({ urls: { redis: named }, run, isDead }).redis({
        version: '7',
        durable: true,
      }),
    };
  }

  test('gives databases that were empty, and has them back', async () => {
    const { resource } = await resourceFor(url());
    const redis = await resource.setup(quiet());
    expect(redis.version).toBe(redisProgram.version);
    const [a, b] = await Promise.all([redis.createDatabase(), redis.createDatabase()]);
    expect([a!.number, b!.number].sort()).toEqual([1, 3]);
    expect(a!.server).toBeUndefined();
    await ask(asApp(a!), 'SET', 'k', 'of a');
    expect(await ask(asApp(b!), 'KEYS', '*')).toEqual([]);
    expect(await ask(a!.admin, 'GET', 'k')).toBe('of a');
    await a!.drop();
    await expect(ask(asApp(a!), 'PING')).rejects.toThrow('WRONGPASS');
    await ask(asApp(b!), 'SET', 'left', 'over');
    await resource.teardown();
    expect(await state()).toEqual(untouched);
  });

  test.each([
    ['SELECT', '0'],
    ['EVAL', "return redis.call('SELECT', 0)", '0'],
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['SWAPDB', '0', '1'],
    ['MOVE', 'k', '0'],
    ['COPY', 'k', 'k', 'DB', '0'],
    ['CONFIG', 'GET', 'requirepass'],
    ['SCRIPT', 'FLUSH'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['SHUTDOWN'],
  ])('does not let the app %s %s', async (command, ...args) => {
    const { resource } = await resourceFor(url());
    try {
      const app = asApp(await (await resource.setup(quiet())).createDatabase());
      await expect(ask(app, command, ...args)).rejects.toThrow(/NOPERM|can't run this command/);
      expect(await ask(app, 'CLIENT', 'SETNAME', 'mine')).toBe('OK');
    } finally {
      await resource.teardown();
    }
    expect(await state()).toEqual(untouched);
  });

  test('takes those of a number and above', async () => {
    const { resource } = await resourceFor(`${url()}/4`);
    const redis = await resource.setup(quiet());
    const databases = [await redis.createDatabase(), await redis.createDatabase()];
    expect(databases.map(({ number }) => number)).toEqual([4, 5]);
    await expect(redis.createDatabase()).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringMatching(
        /has no free database from 4 to 5: in use by labs: 4, 5; with keys in them: none\./,
      ),
    });
    await resource.teardown();
    expect(await state()).toEqual(untouched);
  });

  test.each([
    [() => url('reader'), 'NOPERM', 'name a login that may do anything'],
    [() => url().replace('pw%3A1', 'guess'), 'WRONGPASS', 'Check user and password'],
    [() => 'redis://:secret@127.0.0.1:1', 'ECONNREFUSED', 'Check host and port'],
  ])('is named without the password where it will not do', async (named, message, hint) => {
    const { resource } = await resourceFor(named());
    const error = await resource.setup(quiet()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: 'environment',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
    expect(String(error)).not.toMatch(/pw:1|guess|secret/);
    await resource.teardown();
    expect(await state()).toEqual(untouched);
  });

  test('an abort leaves nothing, whenever it comes', async () => {
    for (const afterMs of [0, 2, 5, 10, 15, 20, 30]) {
      const { resource } = await resourceFor(url());
      const signal = AbortSignal.timeout(afterMs);
      await resource.setup(quiet(signal)).catch((error: unknown) => {
        if (error !== signal.reason) throw error;
      });
      await resource.teardown();
      expect(await state()).toEqual(untouched);
    }
  });

  test('what killed runs left is released, and nothing else', async () => {
    const { run, resource } = await resourceFor(url());
    const live = await (await resource.setup(quiet())).createDatabase();
    const owner = { ...(await ownerRecord(run.owner)), pid: 2 ** 22 + 1, started: '1' };
    await ask(admin, 'SET', 'labs:database:5', JSON.stringify({ run: 'deadrunaaa', owner }));
    await ask(admin, 'SET', 'labs:database:x', 'somebody’s');
    await ask(admin, 'ACL', 'SETUSER', 'labs_deadrunaaa_5', 'on', '>x');
    await ask({ ...admin, number: 5 }, 'SET', 'left', 'over');
    expect(await sweepRedis(url(), isDead)).toEqual([5]);
    expect(await sweepRedis(url(), isDead)).toEqual([]);
    expect(await ask(asApp(live), 'PING')).toBe('PONG');
    await resource.teardown();
    expect(await ask(admin, 'DEL', 'labs:database:x')).toBe(1);
    expect(await state()).toEqual(untouched);
  });
});
