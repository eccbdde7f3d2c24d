import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/apps/process/ports.ts';
import { waitUntilReady } from '../../src/apps/readiness.ts';
import { postgresTap } from '../../src/network/postgres/tap.ts';
import { type RunningProxy, startProxy } from '../../src/network/proxy.ts';
import { labs, root, scratch } from '../support/cli.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import {
  noRedis,
  type RedisServer,
  startRedis,
  titled,
} from '../unit/network/redis/redis-server.ts';

const place = scratch('against');
const elsewhere = path.join(place.path, 'elsewhere');

const against = async (url: string, ...args: string[]) => {
  const ran = await labs(['grade', '--against', url, ...args], {
    cwd: elsewhere,
    runs: path.join(place.path, 'runs'),
  });
  return { ...ran, text: `${ran.stdout}\n${ran.stderr}`.replace(/\s+/g, ' ') };
};

beforeAll(() => {
  mkdirSync(elsewhere);
});
afterAll(() => place.remove());

async function close(server: Server): Promise<void> {
  await new Promise((closed) => server.close(closed));
}

function copyOf(solution: string): string {
  const workspace = path.join(place.path, path.dirname(solution));
  cpSync(path.join(root, 'test/solutions', solution), workspace, {
    recursive: true,
    filter: (file) => !file.includes('node_modules'),
  });
  return workspace;
}

async function install(workspace: string): Promise<void> {
  const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline'];
  await promisify(execFile)('npm', args, { cwd: workspace });
}

async function serve(
  workspace: string,
  env: Record<string, string>,
): Promise<{ app: ChildProcess; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = spawn(process.execPath, ['src/server.js'], {
    cwd: workspace,
    env: { ...process.env, PORT: String(port), ...env },
    stdio: 'ignore',
  });
  expect(await waitUntilReady(`${url}/healthz`, AbortSignal.timeout(20_000))).toBe('ready');
  return { app, url };
}

describe('a server that runs already', () => {
  let postgres: TestPostgres;
  let app: ChildProcess;
  let proxy: RunningProxy;
  let url: string;

  beforeAll(async () => {
    const workspace = copyOf('crud-api/javascript-express');
    const schema = readFileSync(path.join(root, 'labs/crud-api/schema.sql'), 'utf8');
    [postgres] = await Promise.all([startTestPostgres(schema), install(workspace)]);
    const { name } = await postgres.server.createDatabase();
    // The server may have a Unix socket only.
    const upstream = postgres.server.address;
    proxy = await startProxy({ name: 'postgres', upstream, tap: postgresTap().factory });
    const { user, password } = postgres.server.role;
    ({ app, url } = await serve(workspace, {
      DATABASE_URL: `postgres://${user}:${password}@${proxy.host}:${proxy.port}/${name}`,
    }));
  });
  afterAll(async () => {
    app?.kill('SIGKILL');
    await proxy?.close();
    await postgres?.[Symbol.asyncDispose]();
  });

  it('is graded by what can be seen from outside; the rest is skipped, and said', async () => {
    const { code, text } = await against(url, '--lab', 'crud-api');
    expect(text).toContain(`Only what can be seen from outside ${url} is tried.`);
    expect(text).toContain('needs control of the app and its services');
    expect(text).toContain('needs the database behind the server');
    expect(text).not.toMatch(/\bfailed\b.*passing score/);
    expect(code, text).toBe(0);
  });

  it('and is asked for some checks is graded by those', async () => {
    const { code, text } = await against(`${url}/`, '--lab', 'crud-api', '--only', 'reads-task');
    expect(text).toContain('Only reads-task and what they need were tried');
    expect(code, text).toBe(0);
  });
});

describe.skipIf(noRedis)(titled('a server whose settings nobody knows'), () => {
  let redis: RedisServer;
  let app: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const workspace = copyOf('rate-limiting/javascript-flexible');
    [redis] = await Promise.all([startRedis(), install(workspace)]);
    ({ app, url } = await serve(workspace, { REDIS_URL: redis.path }));
  });
  afterAll(async () => {
    app?.kill('SIGKILL');
    await redis?.stop();
  });

  it('is not held against any', async () => {
    const { code, text } = await against(url, '--lab', 'rate-limiting');
    expect(text).toContain('needs the settings that labs gives an app it starts');
    expect(text).not.toMatch(/NaN|not a grade/);
    expect(code, text).toBe(0);
  });
});

describe('nothing is graded, and it is said why, where', () => {
  const refused = async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    await close(server);
    return `http://127.0.0.1:${port}`;
  };

  it('nobody listens', async () => {
    const url = await refused();
    const { code, text } = await against(url, '--lab', 'crud-api');
    expect(code).toBe(3);
    expect(text).toContain(`Nothing can be graded at ${url}: connection refused.`);
    expect(text).toContain('Start the app first');
    expect(text).not.toContain('passing score');
  });

  it('there is no such host', async () => {
    const { code, text } = await against('http://no-such-host.invalid', '--lab', 'crud-api');
    expect(code).toBe(3);
    expect(text).toContain('there is no host no-such-host.invalid.');
  });

  it.each([
    ['no URL', 'localhost:3000', 'expected an http:// URL'],
    ['another scheme', 'https://localhost:3000', 'expected an http:// URL'],
    ['a path', 'http://localhost:3000/api', 'expected host and port alone, without a path'],
  ])('the address is %s', async (_, url, sentence) => {
    const { code, text } = await against(url, '--lab', 'crud-api');
    expect(code).toBe(2);
    expect(text).toContain(sentence);
  });

  it('nothing says which lab', async () => {
    const { code, text } = await against(await refused());
    expect(code).toBe(2);
    expect(text).toContain('Which lab?');
    expect(text).toContain('labs grade --against <url> --lab <lab>');
  });

  it('a workspace that would say which lab has a mistake', async () => {
    const manifest = path.join(elsewhere, 'labs.yaml');
    writeFileSync(manifest, 'formatVersion: 1\nlap: crud-api\n');
    const { code, text } = await against(await refused());
    rmSync(manifest);
    expect(code).toBe(2);
    expect(text).toContain('labs.yaml:2:1');
    expect(text).not.toContain('Which lab?');
  });
});
