import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { BoundPorts } from 'testcontainers';
import { describe, expect, test } from 'vitest';
import { connect as connectTo } from '../../../src/docker/client.ts';
import {
  isOwnerAlive,
  type RunDirectory,
  type RunOwner,
} from '../../../src/platform/run-directory.ts';
import { answering } from '../../../src/services/docker/answering.ts';
import { createDockerProvider } from '../../../src/services/docker/provider.ts';
import { startRedisContainer } from '../../../src/services/docker/redis-container.ts';
import { useEngine } from '../../../src/services/docker/testcontainers.ts';
import type { RedisDatabase, RedisLogin } from '../../../src/services/port.ts';
import { waitForRedis, withRedis } from '../../../src/services/redis/connection.ts';
import { newUsers } from '../../../src/services/redis/flags.ts';
import { quiet, scratch } from '../../unit/services/scratch.ts';
import { engine, noEngine, titled } from './engine-of-this-machine.ts';

const execFileAsync = promisify(execFile);
const docker = async (...args: string[]) => (await execFileAsync('docker', args)).stdout.trim();
const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const containersOf = async (runId: string) =>
  lines(
    await docker('ps', '--all', '--format', '{{.Names}}', '--filter', `label=labs.run=${runId}`),
  ).sort();
const isDead = async (owner: RunOwner) => !(await isOwnerAlive(owner));
const asApp = ({ admin, role }: RedisDatabase): RedisLogin => ({ ...admin, ...role });
const ask = (login: RedisLogin, command: string, ...args: string[]) =>
  withRedis(login, (client) => client.call(command, ...args));

function redis(run: RunDirectory, { version = '7', durable = false } = {}) {
  return createDockerProvider({ engine, run, isDead }).redis({ version, durable });
}

describe.skipIf(noEngine !== undefined)(titled('Redis in Docker'), () => {
  test('serves this machine alone, from memory, each database by itself, and leaves nothing', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = redis(run);
    try {
      const server = await resource.setup(quiet());
      expect(server.version).toMatch(/^Redis \d+\.\d+/);
      const [a, b] = await Promise.all([server.createDatabase(), server.createDatabase()]);
      expect(a!.address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
      const names = await containersOf(run.id);
      expect(names).toEqual([`labs-${run.id}-redis-1`, `labs-${run.id}-redis-2`]);
      const { port } = a!.address as { port: number };
      expect(await docker('port', names[0]!)).toBe(`6379/tcp -> 127.0.0.1:${port}`);
      for (const address of foreignAddresses())
        await expect(reach(address, port)).rejects.toThrow('ECONNREFUSED');

      const { HostConfig, Config, Mounts } = JSON.parse(await docker('inspect', names[0]!))[0];
      expect(HostConfig).toMatchObject({ Memory: 2 ** 28, MemorySwap: 2 ** 28, PidsLimit: 128 });
      expect(HostConfig.LogConfig.Config['max-size']).toBe('5m');
      expect(HostConfig.Tmpfs).toHaveProperty('/data');
      expect(Config.Labels).toMatchObject({
        'labs.run': run.id,
        'labs.owner.pid': String(process.pid),
      });
      expect(JSON.stringify(Config)).not.toContain(a!.role.password);
      expect(Mounts).toEqual([]);

      await ask(asApp(a!), 'SET', 'key', 'of a');
      await ask(asApp(b!), 'SET', 'key', 'of b');
      await ask(asApp(a!), 'FLUSHALL');
      expect(await ask(b!.admin, 'GET', 'key')).toBe('of b');
      await expect(ask(asApp(a!), 'CONFIG', 'SET', 'dir', '/')).rejects.toThrow('NOPERM');
      await expect(ask({ ...asApp(a!), password: 'guessed' }, 'PING')).rejects.toThrow('WRONGPASS');
      await b!.drop();
    } finally {
      await resource.teardown();
    }
    expect(await containersOf(run.id)).toEqual([]);
    await resource.teardown();
  });

  test.each([true, false])(
    'durable: %s; killed, it comes back at the same address',
    async (durable) => {
      await using place = await scratch();
      const run = await place.newRun();
      const resource = redis(run, { durable });
      try {
        const database = await (await resource.setup(quiet())).createDatabase();
        const app = asApp(database);
        const server = database.server!;
        const [name = ''] = await containersOf(run.id);
        await server.start();
        for (let crash = 1; crash <= 3; crash += 1) {
          await ask(app, 'INCR', 'crashes');
          const idle = connect(database.address as { host: string; port: number });
          const broken = new Promise((resolve) =>
            idle.on('error', () => {}).once('close', resolve),
          );
          await once(idle.resume(), 'connect');
          await server.kill();
          await broken;
          await expect(ask(app, 'PING')).rejects.toThrow();
          // Its connections end a moment before it is out of the process table.
          await expect.poll(() => docker('top', name, '-eo', 'pid,comm')).not.toContain('redis');
          await server.kill();
          await Promise.all([server.start(), server.start()]);
          expect(await ask(app, 'GET', 'crashes')).toBe(durable ? String(crash) : null);
        }
        expect(await containersOf(run.id)).toEqual([name]);
        await expect(ask(app, 'SHUTDOWN')).rejects.toThrow('NOPERM');
        await server.kill();
      } finally {
        await resource.teardown();
      }
      expect(await containersOf(run.id)).toEqual([]);
    },
  );

  test('a server that ends by itself takes its container with it', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = redis(run);
    try {
      const { admin, server } = await (await resource.setup(quiet())).createDatabase();
      const [name = ''] = await containersOf(run.id);
      await ask(admin, 'SHUTDOWN', 'NOSAVE').catch(() => {});
      await expect.poll(() => docker('inspect', '-f', '{{.State.Running}}', name)).toBe('false');
      await expect(server!.start()).rejects.toMatchObject({ kind: 'environment' });
    } finally {
      await resource.teardown();
    }
  });

  test('a server that ends while it starts is told at once, with its last words', async () => {
    const client = await connectTo(engine);
    await useEngine(engine, '127.0.0.1');
    const name = `labs-test-redis-ends-${process.pid}`;
    try {
      const started = startRedisContainer({
        // There is no Redis in it.
        image: 'postgres:17-alpine',
        ...{ version: 'Redis 7.0', durable: false, name, labels: {}, docker: client },
        ...{ host: '127.0.0.1', users: newUsers(), signal: new AbortController().signal },
      });
      await expect(started).rejects.toMatchObject({
        kind: 'environment',
        message: 'Redis ended in its container (exit code 127).',
        detail: expect.stringContaining('redis-server'),
      });
    } finally {
      await docker('rm', '-f', '-v', name).catch(() => {});
    }
  });

  test('a server that never answers is told with its last words', async () => {
    const client = await connectTo(engine);
    const name = `labs-test-redis-mute-${process.pid}`;
    const script = 'echo thinking; sleep 600';
    const flags = ['-d', '--name', name, '-p', '127.0.0.1:0:6379', '--entrypoint', 'sh'];
    try {
      const id = await docker('run', ...flags, 'redis:8-alpine', '-c', script);
      const [, port] = (await docker('port', name, '6379')).split(':');
      await expect.poll(() => docker('logs', name)).toBe('thinking');
      const strategy = answering({
        ...{ service: 'Redis', port: 6379, docker: client },
        ask: async (published, options) => {
          const address = { host: '127.0.0.1', port: published };
          const login = { address, ...newUsers().grader, number: 0 };
          const { signal } = new AbortController();
          await waitForRedis(login, { ...options, signal, timeoutMs: 500 });
        },
      });
      const bound = new BoundPorts();
      bound.setBinding(6379, Number(port));
      const waiting = strategy.waitUntilReady(client.getContainer(id), bound);
      await expect(waiting).rejects.toMatchObject({
        kind: 'environment',
        message: expect.stringMatching(/^Redis was started but answered none in 0\.5 s: /),
        detail: 'thinking',
      });
    } finally {
      await docker('rm', '-f', '-v', name).catch(() => {});
    }
  });

  test('an abort leaves nothing, whenever it comes', async () => {
    await using place = await scratch();
    for (const afterMs of [0, 20, 60, 120, 180, 260, 400]) {
      const run = await place.newRun();
      const resource = redis(run);
      const controller = new AbortController();
      const setup = resource.setup(quiet(controller.signal)).then(
        () => 'ready' as const,
        (error: unknown) => error,
      );
      const timer = setTimeout(() => controller.abort(new Error('enough')), afterMs);
      const outcome = await setup;
      clearTimeout(timer);
      if (outcome !== 'ready') expect(outcome).toBe(controller.signal.reason);
      await resource.teardown();
      expect(await containersOf(run.id)).toEqual([]);
    }
  });

  test('a teardown takes what is being made, too', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = redis(run);
    const server = await resource.setup(quiet());
    await server.createDatabase();
    const second = server.createDatabase().catch((error: unknown) => error);
    await resource.teardown();
    await second;
    expect(await containersOf(run.id)).toEqual([]);
  });

  test('says how to mend an image that cannot be pulled', async () => {
    await using place = await scratch();
    const resource = redis(await place.newRun(), { version: '999' });
    await expect(resource.setup(quiet())).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('The image redis:999-alpine cannot be pulled'),
    });
    await resource.teardown();
  });
});

/** Addresses of this machine by which others would reach it. */
function foreignAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

async function reach(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
