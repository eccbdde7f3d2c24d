import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/report.ts';
import { labs, root, scratch } from '../../support/cli.ts';
import { spawnLabs } from '../../support/command.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';

const place = scratch('sandbox');
const runs = path.join(place.path, 'runs');
const solution = path.join(place.path, 'solution');
const small = path.join(place.path, 'small');
const docker = (...args: string[]) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

describe.skipIf(noEngine !== undefined)(titled('a grade in the sandbox'), () => {
  beforeAll(() => {
    mkdirSync(runs, { recursive: true });
    const filter = (file: string) => !file.includes('node_modules');
    const from = path.join(root, 'test/solutions/crud-api/javascript-express');
    cpSync(from, solution, { recursive: true, filter });
    cpSync(path.join(root, 'test/fixtures/apps/daemonises'), small, { recursive: true });
  });
  afterAll(() => place.remove());

  it('is the same as one outside of it, and leaves nothing', async () => {
    const outside = await grade('process', 'local');
    expect(outside.outcome).toBe('passed');
    expect(verdicts(await grade('docker', 'local'))).toEqual(verdicts(outside));
    expect(verdicts(await grade('docker', 'docker'))).toEqual(verdicts(outside));
    expect(readdirSync(runs)).toEqual([]);
    expect(leftOf(process.pid)).toEqual([]);
  });

  it('is what a workspace gets that was not made here', async () => {
    const { child, ended } = start('grade');
    const { code, output } = await ended;
    expect(output).toContain('sandbox');
    expect(code, output).toBe(1);
    expect(leftOf(child.pid!)).toEqual([]);
  });

  const moments = Array.from({ length: 6 }, (_, i) => Math.round(100 + 230 * (i + Math.random())));

  it.each(moments)('kill -9 after %i ms: labs clean leaves nothing', async (ms) => {
    const { child, ended } = start('grade', '--runtime', 'docker');
    await sleep(ms);
    child.kill('SIGKILL');
    await ended;
    const clean = await start('clean').ended;
    expect(clean.code, clean.output).toBe(0);
    expect(leftOf(child.pid!)).toEqual([]);
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  });

  it.each(moments)('SIGINT after %i ms: it cleans up by itself', async (ms) => {
    const { child, ended } = start('grade', '--runtime', 'docker');
    await sleep(ms);
    child.kill('SIGINT');
    const { code, signal, output } = await ended;
    expect([130, 1, 'SIGINT'], output).toContain(code ?? signal);
    expect(leftOf(child.pid!)).toEqual([]);
  });

  it('without its network it is no grade', async () => {
    const { child, ended, said } = startIn(solution, 'grade', '--runtime', 'docker');
    await said('creates-task');
    docker('kill', leftOf(child.pid!).find((name) => name.endsWith('-relay'))!);
    const { code, output } = await ended;
    expect(output).toContain('not a grade');
    expect(code, output).toBe(3);
    expect(leftOf(child.pid!)).toEqual([]);
  });

  it('without its network it does not even start', async () => {
    const { child, ended } = startIn(solution, 'grade', '--runtime', 'docker');
    await untilItServes(child);
    docker('kill', leftOf(child.pid!).find((name) => name.endsWith('-relay'))!);
    const { code, output } = await ended;
    expect(output).toMatch(/lost its network|not a grade/);
    expect(code, output).toBe(3);
    expect(leftOf(child.pid!)).toEqual([]);
  });

  it('when the engine goes away it is no grade, and labs clean finds what is left', async () => {
    await using way = await wayToEngine();
    const env = { DOCKER_HOST: way.url };
    const { child, ended } = startIn(solution, 'grade', '--runtime', 'docker', env);
    await untilItServes(child);
    await way.cut();
    const { code, output } = await ended;
    expect(code, output).toBe(3);
    const clean = await start('clean').ended;
    expect(clean.code, clean.output).toBe(0);
    expect(leftOf(child.pid!)).toEqual([]);
  });

  it('an engine that cannot be had is the environment’s fault', async () => {
    const env = { DOCKER_HOST: `unix://${path.join(place.path, 'nothing.sock')}` };
    const { code, output } = await start('grade', '--runtime', 'docker', env).ended;
    expect(output).toContain('No Docker engine answers');
    expect(code).toBe(3);
  });

  async function grade(runtime: string, provider: string): Promise<Report> {
    const file = path.join(place.path, `${runtime}-${provider}.json`);
    const options = ['--provider', provider, '--seed', 'same', '--reporter', `json=${file}`];
    const args = ['grade', '--runtime', runtime, '--trust', ...options];
    const { stderr } = await labs(args, { cwd: solution, runs });
    expect(stderr).toBe('');
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  }

  /** The checks are under way, and will be for some seconds. */
  async function untilItServes({ pid }: ChildProcess): Promise<void> {
    await expect
      .poll(() => leftOf(pid!).filter((name) => name.includes('web')), { timeout: 60_000 })
      .not.toEqual([]);
  }

  const start = (command: string, ...more: (string | Record<string, string>)[]) =>
    startIn(small, command, ...more);

  function startIn(cwd: string, command: string, ...more: (string | Record<string, string>)[]) {
    const args = more.filter((arg) => typeof arg === 'string');
    const env = more.find((arg) => typeof arg === 'object') ?? {};
    const provider = command === 'grade' ? ['--provider', 'local'] : [];
    return spawnLabs([command, ...provider, ...args], { cwd, runs, env });
  }
});

const verdicts = (report: Report) =>
  Object.fromEntries(report.checks.map(({ id, verdict, skipped }) => [id, skipped ?? verdict]));

/** What the engine has of the runs of a process: containers, networks, volumes and images. */
function leftOf(pid: number): string[] {
  const mine = ['--filter', `label=labs.owner.pid=${pid}`];
  const image = ['--filter', 'label=labs.image=submission', ...mine];
  return [
    ...lines(docker('ps', '-a', ...mine, '--format', '{{.Names}}')),
    ...lines(docker('network', 'ls', ...mine, '--format', '{{.Name}}')),
    ...lines(docker('volume', 'ls', ...mine, '--format', '{{.Name}}')),
    ...lines(docker('images', ...image, '--format', '{{.Repository}}')),
  ];
}

/** A socket that leads to the engine until it is cut. */
async function wayToEngine(): Promise<AsyncDisposable & { url: string; cut(): Promise<void> }> {
  const file = path.join(place.path, `engine-${Date.now()}.sock`);
  const real = engine.endpoint.url.replace('unix://', '');
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(real);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
  });
  server.listen(file);
  await once(server, 'listening');
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { url: `unix://${file}`, cut, [Symbol.asyncDispose]: cut };
}
