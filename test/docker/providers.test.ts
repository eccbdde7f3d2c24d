import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { labs, root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { noEngine, titled } from './services/engine-of-this-machine.ts';

const place = scratch('providers');
const runs = path.join(place.path, 'runs');
const workspace = path.join(place.path, 'workspace');
const docker = (...args: string[]) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
/** Made here, so that a server of the user's is really another's. */
const external = `labs-test-external-${process.pid}`;

describe.skipIf(noEngine !== undefined)(titled('the three providers'), () => {
  let url: string;

  beforeAll(async () => {
    cpSync(path.join(root, 'test/solutions/crud-api/javascript-express'), workspace, {
      recursive: true,
      filter: (file) => !file.includes('node_modules'),
    });
    const options = ['-e', 'POSTGRES_PASSWORD=secret', '-p', '127.0.0.1::5432'];
    docker('run', '-d', '--name', external, ...options, 'postgres:17-alpine', '-c', 'fsync=off');
    const [address] = docker('port', external, '5432/tcp').split('\n');
    url = `postgres://postgres:secret@${address}/postgres`;
    await vi.waitUntil(() => answers(external), { timeout: 30_000 });
  });
  afterAll(() => {
    docker('rm', '-f', '-v', external);
    place.remove();
  });

  it('agree check by check, and leave nothing', async () => {
    const local = await grade('local');
    expect(local.outcome).toBe('passed');
    expect(verdicts(await grade('docker'))).toEqual(verdicts(local));
    expect(verdicts(await grade('external', '--service', `postgres=${url}`))).toEqual(
      verdicts(local),
    );
    expect(readdirSync(runs)).toEqual([]);
    expect(containersOf(process.pid)).toEqual([]);
    const databases = psql(external, "SELECT datname FROM pg_database WHERE datname LIKE 'labs%'");
    expect(databases).toBe('');
  });

  it('a run in Docker that is killed with -9 is cleaned up by labs clean', async () => {
    const { child, ended } = gradeInDocker();
    await expect.poll(() => containersOf(child.pid!), { timeout: 30_000 }).not.toEqual([]);
    child.kill('SIGKILL');
    await ended;
    const clean = await spawnLabs(['clean'], { cwd: workspace, runs }).ended;
    expect(clean.output).toContain('removed container');
    expect(containersOf(child.pid!)).toEqual([]);
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  });

  it('a container that dies during the checks is not the learner’s failure', async () => {
    const { child, ended, said } = gradeInDocker();
    await said('creates-task');
    docker('kill', containersOf(child.pid!)[0]!);
    const { code, output } = await ended;
    expect(output).toContain('This is not a grade');
    expect(code).toBe(3);
    expect(containersOf(child.pid!)).toEqual([]);
    expect(readdirSync(runs)).toEqual([]);
  });

  it('a container that dies while the app starts is not the learner’s failure', async () => {
    const cwd = path.join(root, 'test/fixtures/apps/never-ready');
    const { child, ended, said } = gradeInDocker({ cwd, more: ['--reporter', 'ndjson'] });
    await said('waiting for GET /healthz on port');
    docker('kill', containersOf(child.pid!)[0]!);
    const { code, output } = await ended;
    expect(output).toContain('While the app started, Postgres went away');
    expect(code).toBe(3);
    expect(containersOf(child.pid!)).toEqual([]);
    expect(readdirSync(runs)).toEqual([]);
  });

  const gradeInDocker = ({ cwd = workspace, more = [] as string[] } = {}) =>
    spawnLabs(['grade', '--trust', '--provider', 'docker', ...more], { cwd, runs });

  async function grade(provider: string, ...more: string[]): Promise<Report> {
    const file = path.join(place.path, `${provider}.json`);
    const args = ['--provider', provider, '--seed', 'same', '--reporter', `json=${file}`];
    mkdirSync(runs, { recursive: true });
    const { stderr } = await labs(['grade', '--trust', ...args, ...more], { cwd: workspace, runs });
    expect(stderr).toBe('');
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  }
});

const verdicts = (report: Report) =>
  Object.fromEntries(report.checks.map(({ id, verdict, skipped }) => [id, skipped ?? verdict]));

/** Containers that a run of this process made, also if they have ended. */
function containersOf(pid: number): string[] {
  const filters = ['--filter', 'label=labs.run', '--filter', `label=labs.owner.pid=${pid}`];
  const found = docker('ps', '-a', ...filters, '--format', '{{.Names}}');
  return found.split('\n').filter((name) => name !== '');
}

const psql = (container: string, sql: string) =>
  docker('exec', container, 'psql', '-U', 'postgres', '-Atc', sql);

function answers(container: string): boolean {
  try {
    return psql(container, 'SELECT 1') === '1';
  } catch {
    return false;
  }
}
