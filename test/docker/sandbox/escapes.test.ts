import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route, RunningProcess } from '../../../src/apps/port.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';
import { addressesOfHost, listen, listenersOfThisProcess, type Target } from './host.ts';
import { containersOf, inspect, openSandbox, remainsOf, type Sandbox, tryIn } from './support.ts';

const METADATA = '169.254.169.254';
/** What connect(2) says at once where there is no interface that could lead there; EINVAL of fe80::. */
const NO_WAY = {
  refused: expect.stringMatching(/^(ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL|EINVAL)$/),
};
/** What open(2) says of what is not there, not ours, or read-only. */
const NO_FILE = { refused: expect.stringMatching(/^(ENOENT|EACCES|EPERM|EROFS)$/) };

describe.skipIf(noEngine !== undefined)(titled('an app that tries to escape'), () => {
  const runs: string[] = [];
  const undo = new AsyncDisposableStack();
  let onHost: { loopback: Target; everywhere: Target };
  let service: Target;
  let route: Route;
  let sandbox: Sandbox;
  let second: Sandbox;
  let web: RunningProcess;
  let python: RunningProcess;
  let other: RunningProcess;

  beforeAll(async () => {
    onHost = {
      loopback: undo.use(await listen('127.0.0.1')),
      everywhere: undo.use(await listen('0.0.0.0')),
    };
    service = undo.use(await listen('127.0.0.1'));
    const open = async (fixture: string) =>
      undo.use(await openSandbox(fixture, { onRun: (id) => runs.push(id) }));
    sandbox = await open('tries-escapes');
    second = await open('tries-escapes');
    const third = await open('tries-escapes-python');
    route = await sandbox.app.reach({ host: '127.0.0.1', port: service.port });
    [web, other, python] = await Promise.all([sandbox.start(), second.start(), third.start()]);
  });
  afterAll(async () => {
    await undo.disposeAsync();
    expect(await remainsOf(runs)).toEqual([]);
  });

  const inNode = (name: string, ...args: (string | number)[]) => tryIn(web, name, ...args);
  const inPython = (name: string, ...args: (string | number)[]) => tryIn(python, name, ...args);
  const portOf = async (app: RunningProcess) => {
    const answer = await tryIn(app, 'environment');
    return Number(worked(answer).PORT);
  };

  describe('over the network', () => {
    // Before all others: were there another interface, they would reach something.
    beforeAll(async () => {
      expect(await inNode('interfaces')).toEqual({ worked: ['lo'] });
      expect(await tryIn(other, 'interfaces')).toEqual({ worked: ['lo'] });
    });

    test('reaches the services that it was given', async () => {
      expect(await inNode('connect', route.host, route.port)).toEqual({ worked: null });
      await expect.poll(() => service.connections()).toBe(1);
    });

    test('finds no listener but itself and its services', async () => {
      const own = [await portOf(web), route.port].sort((a, b) => a - b);
      expect(await inNode('listeners')).toEqual({ worked: own });
      expect(await inNode('unixSockets')).toEqual({ worked: [] });
    });

    test.each(['127.0.0.1', 'host.docker.internal', ...addressesOfHost()])(
      'does not reach the host as %s',
      async (host) => {
        const named = host === 'host.docker.internal';
        const refused = host === '127.0.0.1' ? { refused: 'ECONNREFUSED' } : NO_WAY;
        const expected = named
          ? { refused: expect.stringMatching(/^(EAI_AGAIN|ENOTFOUND)$/) }
          : refused;
        const ports = [onHost.loopback.port, onHost.everywhere.port, 2375, 2376];
        for (const port of ports) expect(await inNode('connect', host, port)).toEqual(expected);
        expect(onHost.loopback.connections() + onHost.everywhere.connections()).toBe(0);
      },
    );

    test('does not reach the ports by which the grader reaches it and others', async () => {
      for (const { url } of [web, other, python])
        expect(await inNode('connect', '127.0.0.1', new URL(url).port)).toEqual({
          refused: 'ECONNREFUSED',
        });
    });

    test('does not reach another submission, nor its services', async () => {
      expect(await tryIn(other, 'connect', '127.0.0.1', await portOf(other))).toEqual({
        worked: null,
      });
      for (const port of [await portOf(web), route.port])
        expect(await tryIn(other, 'connect', '127.0.0.1', port)).toEqual({
          refused: 'ECONNREFUSED',
        });
      expect(await inNode('connect', '127.0.0.1', await portOf(other))).toEqual({
        refused: 'ECONNREFUSED',
      });
    });

    test.each([METADATA, 'fe80::1', 'fd00:ec2::254', '1.1.1.1', '8.8.8.8', '2606:4700:4700::1111'])(
      'does not reach %s',
      async (host) => {
        expect(await inNode('connect', host, 80)).toEqual(NO_WAY);
        expect(await inPython('connect', host, 80)).toEqual(NO_WAY);
      },
    );

    test('resolves no name and sends no datagram', async () => {
      expect(await inNode('resolve', 'example.com')).toEqual({
        refused: expect.stringMatching(/^(EAI_AGAIN|ENOTFOUND)$/),
      });
      expect(await inPython('send', '8.8.8.8', 53)).toEqual(NO_WAY);
    });

    test.each(['/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock'])(
      'does not reach the engine by %s',
      async (file) => {
        expect(await inNode('connectPath', file)).toEqual({ refused: 'ENOENT' });
        expect(await inNode('connectPath', `@${file}`)).toEqual({ refused: 'ECONNREFUSED' });
      },
    );

    test('does not keep services away by taking the ports that come next', async () => {
      expect(await tryIn(other, 'squat', 50)).toEqual({ worked: null });
      const address = { host: '127.0.0.1', port: service.port };
      const next = await second.app.reach(address);
      expect(await tryIn(other, 'connect', next.host, next.port)).toEqual({ worked: null });
    });

    // Engines from before 23 let it be opened: https://github.com/moby/moby/pull/44563
    test.skipIf(Number.parseInt(engine.version, 10) < 23)(
      'opens no socket to a VM’s host',
      async () => {
        expect(await inPython('vsock')).toEqual({ refused: 'EPERM' });
      },
    );

    test.each(['raw', 'packet'])('opens no %s socket', async (kind) => {
      const outcome = await inPython(kind);
      expect(outcome).toEqual({ refused: expect.stringMatching(/^(EPERM|EAFNOSUPPORT)$/) });
    });

    test('makes no interface', async () => {
      expect(await inPython('add_interface')).toEqual({ refused: 'EPERM' });
    });
  });

  describe('through the kernel', () => {
    test('has no rights and cannot gain any', async () => {
      const fields = {
        CapInh: '0000000000000000',
        CapPrm: '0000000000000000',
        CapEff: '0000000000000000',
        CapBnd: '0000000000000000',
        CapAmb: '0000000000000000',
        NoNewPrivs: '1',
        Seccomp: '2',
        Uid: '10001\t10001\t10001\t10001',
        Gid: '10001\t10001\t10001\t10001',
      };
      for (const [field, value] of Object.entries(fields))
        expect([field, await inNode('status', field)]).toEqual([field, { worked: value }]);
      expect(await inNode('becomeRoot')).toEqual({ refused: 'EPERM' });
    });

    test.each([
      ['mount', '-t', 'tmpfs', 'none', '/tmp'],
      ['su', '-c', 'id'],
      ['unshare', '--user', '--map-root-user', 'id'],
      ['unshare', '--net', 'id'],
      ['nsenter', '--target', '1', '--mount', 'id'],
      ['mknod', '/tmp/disk', 'b', '254', '0'],
      ['chroot', '/tmp', 'id'],
    ])('is refused `%s %s %s`', async (...command) => {
      const outcome = await inNode('run', ...command);
      expect(outcome).toEqual({
        refused: expect.stringMatching(
          /not permitted|denied|must be (?:super|run)|failure|ENOENT/i,
        ),
      });
    });

    test.each([
      'mount',
      'unmount',
      'unshare_user',
      'unshare_network',
      'make_device',
      'change_root',
      'become_root',
      'set_hostname',
    ])('is refused %s', async (name) => {
      expect(await inPython(name)).toEqual({ refused: 'EPERM' });
    });

    test.each([
      'bpf',
      'keyctl',
      'perf_event_open',
      'userfaultfd',
      'open_by_handle_at',
      'init_module',
    ])('is refused the system call %s', async (name) => {
      expect(await inPython('call', name)).toEqual({
        refused: expect.stringMatching(/^(EPERM|ENOSYS)$/),
      });
    });
  });

  describe('through files', () => {
    test('may write to /tmp and memory alone', async () => {
      expect(await inNode('writable')).toEqual({ worked: ['/dev/mqueue', '/dev/shm', '/tmp'] });
    });

    test.each([
      '/labs',
      '/app/labs',
      '/app/server.js',
      '/home/labs/x',
      '/etc/passwd',
      '/var/tmp/x',
    ])('cannot write %s', async (file) => {
      expect(await inNode('openToWrite', file)).toEqual({
        refused: expect.stringMatching(/^(EROFS|EACCES)$/),
      });
    });

    test.each([
      '/proc/sys/kernel/core_pattern',
      '/proc/sys/kernel/hostname',
      '/proc/sysrq-trigger',
      '/sys/kernel/uevent_helper',
      '/sys/fs/cgroup/release_agent',
      '/sys/fs/cgroup/memory/release_agent',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes',
      '/sys/fs/cgroup/memory/x/cgroup.procs',
      '/sys/fs/cgroup/memory.max',
      '/dev/mem',
      '/dev/kmsg',
      '/dev/vda',
      '/dev/sda',
      '/dev/fuse',
    ])('cannot open %s to write', async (file) => {
      expect(await inNode('openToWrite', file)).toEqual(NO_FILE);
    });

    test.each(['/proc/kcore', '/proc/kmsg', '/dev/kmsg', '/dev/mem', '/etc/shadow'])(
      'cannot read %s',
      async (file) => {
        const outcome = await inNode('read', file);
        // The engine puts an empty file over some.
        if ('worked' in outcome) expect(outcome).toEqual({ worked: '' });
        else expect(outcome).toEqual(NO_FILE);
      },
    );

    test('sees no file of the host', async () => {
      const file = import.meta.filename;
      for (const root of ['', '/proc/1/root', '/proc/self/root/..', '/proc/1/cwd/../../../..'])
        expect(await inNode('read', `${root}${file}`)).toEqual({
          refused: expect.stringMatching(/^(ENOENT|EACCES)$/),
        });
      expect(worked(await inNode('read', '/proc/self/mounts'))).not.toContain('docker.sock');
    });
  });

  describe('through other processes', () => {
    test('sees only its own', async () => {
      const seen = worked(await inNode('processes')) as string[];
      expect(seen.sort()).toEqual(['/sbin/docker-init -- node server.js', 'node server.js']);
      expect(await inPython('signal_process', -1)).toEqual({ refused: 'ESRCH' });
    });

    test('does not reach the relay, whose number it may have guessed', async () => {
      const { State } = await inspect(`labs-${sandbox.runId}-relay`);
      expect(await inNode('signal', State.Pid)).toEqual({ refused: 'ESRCH' });
      const gone = { refused: expect.stringMatching(/^(ESRCH|EPERM|ENOSYS)$/) };
      expect(await inPython('trace', State.Pid)).toEqual(gone);
      expect(await inPython('read_memory', State.Pid)).toEqual(gone);
      expect(await inNode('read', `/proc/${State.Pid}/environ`)).toEqual({ refused: 'ENOENT' });
    });

    test('finds nothing of the grader in an environment', async () => {
      const { Config } = await inspect('node:24-slim');
      const image = (Config.Env as string[]).map((entry) => entry.split('=')[0]);
      const ours =
        /^(HOME|HOSTNAME|LANG|PATH|PORT|TMPDIR|npm_config_(cache|update_notifier|fund|audit))$/;
      const names = Object.keys(worked(await inNode('environment')));
      expect(names.filter((name) => !ours.test(name) && !image.includes(name))).toEqual([]);
      const init = worked(await inNode('read', '/proc/1/environ')) as string;
      expect(init.split('\0').filter((entry) => /LABS_|TOKEN|PROXY|DOCKER/i.test(entry))).toEqual(
        [],
      );
    });
  });

  describe('as the engine sees it', () => {
    test('every container has nothing and a bound on all', async () => {
      const names = await containersOf(sandbox.runId);
      expect(names).toHaveLength(2);
      const relay = await inspect(`labs-${sandbox.runId}-relay`);
      for (const name of names) {
        const { HostConfig, Config, Mounts, State } = await inspect(name);
        const isRelay = name.endsWith('-relay');
        expect(HostConfig).toMatchObject({
          NetworkMode: isRelay ? 'none' : `container:${relay.Id}`,
          CapDrop: ['ALL'],
          SecurityOpt: expect.arrayContaining(['no-new-privileges']),
          Privileged: false,
          PublishAllPorts: false,
          // The relay's own program is copied into it, as root's; it runs nothing of a stranger's.
          ReadonlyRootfs: !isRelay,
          Tmpfs: { '/tmp': expect.stringMatching(/nosuid,nodev.*size=\d+m/) },
          PidsLimit: 64,
          Init: true,
          IpcMode: 'private',
          PidMode: '',
          UsernsMode: '',
          RestartPolicy: { Name: 'no' },
        });
        expect(HostConfig.CapAdd ?? []).toEqual([]);
        expect(HostConfig.Binds ?? []).toEqual([]);
        expect(HostConfig.Devices ?? []).toEqual([]);
        expect(HostConfig.PortBindings ?? {}).toEqual({});
        expect(HostConfig.SecurityOpt.join()).not.toContain('unconfined');
        expect(Mounts).toEqual([]);
        expect(HostConfig.Memory).toBe((isRelay ? 512 : 256) * 1024 ** 2);
        expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
        expect(HostConfig.NanoCpus).toBe(1e9);
        expect(HostConfig.Ulimits).toEqual(
          expect.arrayContaining([
            { Name: 'nofile', Soft: 4_096, Hard: 4_096 },
            { Name: 'core', Soft: 0, Hard: 0 },
          ]),
        );
        const log = isRelay ? {} : { 'max-size': '1m', 'max-file': '1' };
        expect(HostConfig.LogConfig.Config).toEqual(log);
        expect(Config).toMatchObject({
          User: '10001:10001',
          Labels: { 'labs.run': sandbox.runId, 'labs.owner.pid': String(process.pid) },
        });
        expect(State.Status).toBe('running');
      }
    });

    test('the grader listens on loopback alone', async () => {
      const all = await listenersOfThisProcess();
      const [loopback, outside] = [true, false].map((wanted) =>
        all.filter((address) => /^[0-9A-F]{6}7F:/.test(address) === wanted),
      );
      expect(loopback!.length).toBeGreaterThanOrEqual(3);
      // The one that these tests opened themselves.
      const own = onHost.everywhere.port.toString(16).toUpperCase();
      expect(outside).toEqual([`00000000:${own}`]);
    });
  });
});

const worked = (outcome: Awaited<ReturnType<typeof tryIn>>) => {
  expect(outcome).toHaveProperty('worked');
  return (outcome as { worked: any }).worked;
};
