import { once } from 'node:events';
import { access, chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { signalProcess } from '../../../src/platform/process-table.ts';
import { createRunDirectory, type RunDirectory } from '../../../src/platform/run-directory.ts';
import { createLocalProvider } from '../../../src/services/local/provider.ts';
import type { RedisDatabase, RedisLogin, ServerAddress } from '../../../src/services/port.ts';
import { withRedis } from '../../../src/services/redis/connection.ts';
import { leftovers } from '../../support/postgres.ts';
import { noRedis, redisProgram, titledRedis } from '../../support/redis.ts';
import { quiet, scratch } from './scratch.ts';

const asApp = ({ admin, role }: RedisDatabase): RedisLogin => ({ ...admin, ...role });

const ask = (login: RedisLogin, command: string, ...args: string[]) =>
  withRedis(login, (client) => client.call(command, ...args));

async function connected(address: ServerAddress) {
  const socket = connect(address);
  await once(socket, 'connect');
  socket.on('error', () => {});
  const broken = new Promise((resolve) => socket.once('close', resolve));
  return { broken, [Symbol.asyncDispose]: async () => void socket.destroy() };
}

function redis(run: RunDirectory, program = redisProgram, durable = false) {
  return createLocalProvider({
    redis: program,
    platform: process.platform,
    directories: { cache: '/nowhere' },
    run,
    isRoot: false,
  }).redis({ version: '7', durable });
}

describe.skipIf(noRedis !== undefined)(titledRedis('Redis of this machine'), () => {
  test('is a server for each database, which no other hears of', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = redis(run);
    try {
      const server = await resource.setup(quiet());
      expect(server.version).toBe(redisProgram.version);
      const [a, b] = await Promise.all([server.createDatabase(), server.createDatabase()]);
      await ask(asApp(a!), 'SET', 'key', 'of a');
      await ask(asApp(b!), 'SET', 'key', 'of b');
      await ask(asApp(a!), 'FLUSHALL');
      expect(await ask(b!.admin, 'GET', 'key')).toBe('of b');
      expect(await leftovers(run)).toHaveLength(2);
      await a!.drop();
      await expect.poll(() => leftovers(run)).toHaveLength(1);
    } finally {
      await resource.teardown();
    }
    expect(await leftovers(run)).toEqual([]);
    expect(await readdir(run.path)).toEqual(['owner.json']);
  });

  test('keeps nothing, and no more in memory than it may', async () => {
    await using place = await scratch();
    const resource = redis(await place.newRun());
    const { admin } = await (await resource.setup(quiet())).createDatabase();
    expect(await ask(admin, 'CONFIG', 'GET', 'save')).toEqual(['save', '']);
    expect(await ask(admin, 'CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'no']);
    expect(await ask(admin, 'CONFIG', 'GET', 'maxmemory')).toEqual([
      'maxmemory',
      String(128 << 20),
    ]);
    await resource.teardown();
  });

  test('asks for a password, which no command line shows', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = redis(run);
    const database = await (await resource.setup(quiet())).createDatabase();
    const { admin, role } = database;
    await expect(ask({ ...admin, user: undefined, password: undefined }, 'PING')).rejects.toThrow(
      'NOAUTH',
    );
    await expect(ask({ ...asApp(database), password: 'guessed' }, 'PING')).rejects.toThrow(
      'WRONGPASS',
    );
    // Clients from before there were user names send the password alone.
    expect(await ask({ ...admin, user: undefined, password: role.password }, 'PING')).toBe('PONG');
    if (process.platform === 'linux') {
      const [pid] = await leftovers(run);
      const shown = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      expect(shown).not.toContain(role.password);
      expect(shown).not.toContain(admin.password);
    }
    await resource.teardown();
  });

  test.each([
    ['CONFIG', 'SET', 'dir', '/tmp'],
    ['SAVE'],
    ['REPLICAOF', '127.0.0.1', '1'],
    ['MIGRATE', '127.0.0.1', '1', 'k', '0', '10'],
    ['DEBUG', 'SLEEP', '0'],
    ['ACL', 'SETUSER', 'default', '+@all'],
    ['MODULE', 'LOAD', '/tmp/x.so'],
    ['SHUTDOWN'],
  ])('does not let the app %s %s', async (...command) => {
    await using place = await scratch();
    const resource = redis(await place.newRun());
    try {
      const app = asApp(await (await resource.setup(quiet())).createDatabase());
      await expect(ask(app, command[0]!, ...command.slice(1))).rejects.toThrow(
        /NOPERM|command not allowed/,
      );
      expect(await ask(app, 'CLIENT', 'SETNAME', 'mine')).toBe('OK');
      expect(await ask(app, 'EVAL', "return redis.call('SET', 'a', 1)", '0')).toBe('OK');
    } finally {
      await resource.teardown();
    }
  });

  test('listens on loopback where the path of a socket would be too long', async () => {
    await using place = await scratch();
    const run = await createRunDirectory(path.join(place.directory, 'x'.repeat(100)));
    const resource = redis(run);
    try {
      const database = await (await resource.setup(quiet())).createDatabase();
      expect(database.address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
      expect(await ask(asApp(database), 'PING')).toBe('PONG');
    } finally {
      await resource.teardown();
    }
  });

  test.each([true, false])(
    'durable: %s; killed, it comes back at the same address',
    async (durable) => {
      await using place = await scratch();
      const run = await place.newRun();
      const resource = redis(run, redisProgram, durable);
      try {
        const database = await (await resource.setup(quiet())).createDatabase();
        const app = asApp(database);
        const { address } = database;
        const server = database.server!;
        await server.start();
        const [first] = await leftovers(run);
        for (let crash = 1; crash <= 3; crash += 1) {
          await ask(app, 'INCR', 'crashes');
          await using idle = await connected(address);
          await server.kill();
          expect(await leftovers(run)).toEqual([]);
          await idle.broken;
          await expect(ask(app, 'PING')).rejects.toThrow('ECONNREFUSED');
          await server.kill();
          await Promise.all([server.start(), server.start()]);
          expect(await leftovers(run)).toHaveLength(1);
          expect(await ask(app, 'GET', 'crashes')).toBe(durable ? String(crash) : null);
        }
        expect(await leftovers(run)).not.toContain(first);
        expect(database.address).toEqual(address);
        await expect(ask({ ...app, password: 'guessed' }, 'PING')).rejects.toThrow('WRONGPASS');
        await expect(ask(app, 'SHUTDOWN')).rejects.toThrow('NOPERM');
      } finally {
        await resource.teardown();
      }
      expect(await leftovers(run)).toEqual([]);
      expect(await readdir(run.path)).toEqual(['owner.json']);
    },
  );

  test('what was answered is there after a crash amid writes', async () => {
    await using place = await scratch();
    const resource = redis(await place.newRun(), redisProgram, true);
    const database = await (await resource.setup(quiet())).createDatabase();
    const answered = await withRedis(asApp(database), async (client) => {
      let last = 0;
      const writing = (async () => {
        for (;;) last = await client.incr('writes');
      })().catch(() => {});
      await expect.poll(() => last).toBeGreaterThan(50);
      await database.server!.kill();
      await writing;
      return last;
    });
    await database.server!.start();
    const kept = Number(await ask(asApp(database), 'GET', 'writes'));
    // One write may have been under way: kept or not, nobody was told.
    expect([answered, answered + 1]).toContain(kept);
    await resource.teardown();
  });

  test('a dead server, or one that is starting, is no hindrance to the end', async () => {
    await using place = await scratch();
    for (const starts of [false, true]) {
      const run = await place.newRun();
      const resource = redis(run, redisProgram, true);
      const { server } = await (await resource.setup(quiet())).createDatabase();
      await server!.kill();
      const started = starts ? server!.start().catch((error: unknown) => error) : undefined;
      await resource.teardown();
      await started;
      await expect(server!.start()).rejects.toThrow();
      expect(await leftovers(run)).toEqual([]);
      expect(await readdir(run.path)).toEqual(['owner.json']);
    }
  });

  test('an abort leaves nothing, whenever it comes', async () => {
    await using place = await scratch();
    for (const afterMs of [0, 1, 3, 6, 10, 15, 25, 40]) {
      const run = await place.newRun();
      const resource = redis(run);
      const signal = AbortSignal.timeout(afterMs);
      await resource.setup(quiet(signal)).catch((error: unknown) => {
        if (error !== signal.reason) throw error;
      });
      await resource.teardown();
      expect(await leftovers(run)).toEqual([]);
      expect(await readdir(run.path)).toEqual(['owner.json']);
    }
  });

  test('a teardown may come without a setup, while databases are made, and twice', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    await redis(run).teardown();
    const resource = redis(run);
    const server = await resource.setup(quiet());
    await server.createDatabase();
    const second = server.createDatabase().catch((error: unknown) => error);
    await Promise.all([resource.teardown(), resource.teardown()]);
    await second;
    await expect(server.createDatabase()).rejects.toThrow('undone');
    expect(await leftovers(run)).toEqual([]);
  });

  test('a server that does not react is ended all the same', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = redis(run);
    await resource.setup(quiet());
    for (const pid of await leftovers(run)) signalProcess(pid, 'SIGSTOP');
    await resource.teardown();
    expect(await leftovers(run)).toEqual([]);
  });
});

test.skipIf(process.platform === 'win32')('a server that ends by itself is told', async () => {
  await using place = await scratch();
  const file = path.join(place.directory, 'redis-server');
  await writeFile(file, '#!/bin/sh\necho "no memory today"\nexit 3\n');
  await chmod(file, 0o755);
  const resource = redis(await place.newRun(), { file, version: 'Redis 7.0.15' });
  await expect(resource.setup(quiet())).rejects.toMatchObject({
    kind: 'environment',
    message: 'Redis ended by itself (exit code 3).',
    detail: 'no memory today',
  });
  await resource.teardown();
});

test('a server that is too old is refused', async () => {
  await using place = await scratch();
  const run = await place.newRun();
  const resource = redis(run, { file: '/old/redis-server', version: 'Redis 6.0.16' });
  await expect(resource.setup(quiet())).rejects.toMatchObject({
    kind: 'environment',
    message: '/old/redis-server is Redis 6.0.16; labs needs Redis 6.2 or newer.',
  });
  await resource.teardown();
  await expect(access(path.join(run.path, 'redis'))).rejects.toThrow('ENOENT');
});
