import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../support/cli.ts';
import { type Bench, bench } from './host.ts';

/** Writes down how it was called; what names Redis or Valkey puts one on PATH. */
function manager(name: string): string[] {
  return [
    `echo "${name} $*" $DEBIAN_FRONTEND >> "$LOG"`,
    'case "$*" in *redis*|*valkey*)',
    '  printf "#!/bin/sh\\necho Redis server v=7.9.9 sha=0\\n" > "$BIN/redis-server"',
    '  /bin/chmod 755 "$BIN/redis-server"; echo "Setting up redis" ;;',
    'esac',
  ];
}

describe('labs doctor', () => {
  it('finds what this machine has', async () => {
    using machine = bench();
    const { code, stdout } = await machine.doctor({ env: { PATH: process.env['PATH']! } });
    expect(code).toBe(0);
    expect(stdout).toContain(`✔ Node.js   ${process.versions.node}`);
    expect(stdout).toMatch(/✔ Postgres {2}PostgreSQL \d+\.\d+, /);
    expect(stdout).toMatch(/\nAll labs can be graded here\.\n$/);
  });

  it('says what is missing on a bare machine, and stays within 40 columns of ASCII', async () => {
    using machine = bench();
    const { code, stdout } = await machine.doctor({ env: { LANG: 'C' }, columns: 40 });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^\S Redis {5}neither/m);
    expect(stdout).toContain('  What to do: install Redis:');
    expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('ends with 3 where a lab cannot be graded', async () => {
    using machine = bench();
    const { code, stdout } = await machine.doctor({ pack: packWithRedis(machine) });
    expect(code).toBe(3);
    expect(stdout).toContain('✖ Redis');
    expect(stdout).toContain('redis-cache cannot be graded like this.');
    expect(stdout).toMatch(/crud-api can be graded here; redis-cache cannot: no Redis\.\n$/);
  });

  it('does not wait for an engine that hangs', async () => {
    using machine = bench();
    const socket = path.join(machine.directory, 'hangs.sock');
    const server = createServer(() => {}).listen(socket);
    const { code, stdout } = await machine.doctor({ env: { DOCKER_HOST: `unix://${socket}` } });
    server.close();
    // Nor is there a Redis to run without it.
    expect(code).toBe(3);
    expect(stdout).toContain('silent for 1 s');
    expect(stdout.replace(/\s+/g, ' ')).toContain('What to do: restart the engine');
  });
});

describe('labs doctor --fix', () => {
  const engineless = { DOCKER_HOST: 'unix:///nowhere.sock' };

  it.each([
    [
      'apt-get',
      ['apt-get update noninteractive', 'apt-get install -y redis-server noninteractive'],
    ],
    ['dnf', ['dnf install -y valkey']],
    ['apk', ['apk add --no-cache valkey']],
  ])('installs with %s as root', async (name, calls) => {
    using machine = bench();
    machine.program(name, ...manager(name));
    const { code, stdout } = await machine.doctor({ args: ['--fix', '--yes'], env: engineless });
    expect(machine.log()).toEqual(calls);
    expect(code).toBe(0);
    expect(stdout).toContain('Setting up redis');
    expect(stdout).toMatch(/Now:\n[\s\S]*✔ Redis {5}Redis 7\.9\.9/);
  });

  it('installs what it is told to alone', async () => {
    using machine = bench();
    const library = path.join(machine.directory, 'libfaketime.so.1');
    machine.program('dnf', 'echo "dnf $*" >> "$LOG"', ': > "$LABS_FAKETIME"');
    const args = ['--fix', '--yes', '--only', 'clock'];
    const { code, stdout } = await machine.doctor({ args, env: { LABS_FAKETIME: library } });
    expect(machine.log()).toEqual(['dnf install -y libfaketime']);
    // What it was not told to mend is still missing.
    expect(code).toBe(3);
    expect(stdout).toMatch(/Now:\n[\s\S]*✔ Clock {5}libfaketime, /);
  });

  it('goes through sudo where the user is not root, with the variable behind it', async () => {
    using machine = bench();
    machine.program('apt-get', ...manager('apt-get'));
    machine.program('sudo', 'echo "sudo $1 $2 $3" >> "$LOG"', 'exec "$@"');
    await machine.doctor({ args: ['--fix', '--yes'], isRoot: false, env: engineless });
    expect(machine.log()).toContain('sudo env DEBIAN_FRONTEND=noninteractive apt-get');
    expect(machine.log()).toContain('apt-get install -y redis-server noninteractive');
  });

  it('leaves alone what takes root where there is no way to it', async () => {
    using machine = bench();
    machine.program('apt-get', ...manager('apt-get'));
    const { stdout } = await machine.doctor({ args: ['--fix', '--yes'], isRoot: false });
    expect(machine.log()).toEqual([]);
    expect(stdout).toContain('Redis: left alone, because it takes root');
  });

  it('uses brew as the user, and never as root', async () => {
    using machine = bench();
    machine.program('brew', ...manager('brew'));
    await machine.doctor({ args: ['--fix', '--yes'], isRoot: true });
    expect(machine.log()).toEqual([]);
    await machine.doctor({ args: ['--fix', '--yes'], isRoot: false });
    expect(machine.log()).toEqual(['brew install redis']);
  });

  it('asks before each, and takes no for an answer', async () => {
    using machine = bench();
    machine.program('dnf', ...manager('dnf'));
    const { stdout } = await machine.doctor({ args: ['--fix'], answers: ['n'] });
    expect(machine.log()).toEqual([]);
    expect(stdout).toContain('Left alone.');
    await machine.doctor({ args: ['--fix'], answers: ['y'] });
    expect(machine.log()).toEqual(['dnf install -y valkey']);
  });

  it('ends as interrupted on Ctrl-C at the question', async () => {
    using machine = bench();
    machine.program('dnf', ...manager('dnf'));
    const { code } = await machine.doctor({ args: ['--fix'], answers: ['\x03'] });
    expect(code).toBe(130);
    expect(machine.log()).toEqual([]);
  });

  it('does nothing where nobody can be asked', async () => {
    using machine = bench();
    machine.program('dnf', ...manager('dnf'));
    const { code, stderr } = await machine.doctor({ args: ['--fix'] });
    expect(code).toBe(2);
    expect(stderr).toContain('Nothing was changed: there is no terminal to ask on.');
    expect(machine.log()).toEqual([]);
  });

  it('says what did not work, tries it once, and what is still missing', async () => {
    using machine = bench();
    machine.program('dnf', 'echo "dnf $*" >> "$LOG"', 'echo "no such package" >&2', 'exit 1');
    const pack = packWithRedis(machine);
    const { code, stdout } = await machine.doctor({ args: ['--fix', '--yes'], pack });
    expect(machine.log()).toHaveLength(1);
    expect(code).toBe(3);
    expect(stdout).toContain('no such package\nIt did not work: it ended with exit code 1.');
    expect(stdout).toMatch(/redis-cache cannot: no Redis\.\n$/);
  });
});

/** The built-in labs, and one that needs Redis. */
function packWithRedis({ directory }: Bench): string {
  const pack = path.join(directory, 'pack');
  const crud = path.join(pack, 'labs/crud-api');
  const cache = path.join(pack, 'labs/redis-cache');
  mkdirSync(path.join(pack, 'labs'), { recursive: true });
  cpSync(path.join(root, 'labs/crud-api'), crud, { recursive: true });
  cpSync(path.join(root, 'labs/crud-api'), cache, { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(pack, 'package.json'));
  const manifest = path.join(cache, 'lab.yaml');
  const text = readFileSync(manifest, 'utf8')
    .replace('id: crud-api', 'id: redis-cache')
    .replace('services:', "services:\n  redis: { version: '7' }");
  writeFileSync(manifest, text);
  return pack;
}
