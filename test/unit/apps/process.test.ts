import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLines } from '../../../src/apps/log-lines.ts';
import { AppStartError, type RunningProcess } from '../../../src/apps/port.ts';
import { createProcessRuntime } from '../../../src/apps/process/runtime.ts';
import type { LogLine } from '../../../src/core/log.ts';
import type { Command, Submission } from '../../../src/core/submission.ts';
import { isAlive } from '../../../src/platform/process-table.ts';
import { createRunDirectory, type RunDirectory } from '../../../src/platform/run-directory.ts';
import { scratch } from '../../support/cli.ts';
import { leftovers } from '../../support/postgres.ts';

const linux = process.platform === 'linux';
let place: ReturnType<typeof scratch>;
let workspace: string;
let run: RunDirectory;
let lines: LogLine[];
let ends: (() => Promise<void>)[];

beforeEach(async () => {
  place = scratch('process');
  workspace = path.join(place.path, 'workspace');
  mkdirSync(workspace);
  run = await createRunDirectory(path.join(place.path, 'runs'));
  lines = [];
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  expect(await leftovers(run)).toEqual([]);
  place.remove();
});

const context = { signal: new AbortController().signal, progress: () => {} };
const node = (script: string): Command => [process.execPath, '-e', script];
const SERVES = `require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT)`;

async function prepare(steps: Partial<Submission>, env = process.env) {
  const submission = { directory: workspace, env: {}, processes: {}, ...steps } as Submission;
  const runtime = createProcessRuntime({
    env,
    run,
    now: () => performance.now(),
    onLog: (line) => lines.push(line),
  });
  const app = runtime.prepare(submission);
  ends.push(() => app.teardown());
  return app.setup(context);
}

async function start(
  script: string,
  options: {
    env?: NodeJS.ProcessEnv;
    settings?: Record<string, string>;
    readiness?: string;
    port?: number;
  } = {},
): Promise<RunningProcess> {
  const { env, settings = {}, readiness, port } = options;
  const app = await prepare({ processes: { web: node(script) }, env: settings }, env);
  return app.start(
    {
      process: 'web',
      instance: 1,
      env: { FROM_THE_GRADER: 'yes' },
      readyTimeoutMs: 5_000,
      ...(readiness !== undefined && { readiness }),
      ...(port !== undefined && { port }),
      onLog: (line) => lines.push(line),
    },
    context,
  );
}

const texts = () => lines.map(({ text }) => text);
const said = (text: string) => expect.poll(texts).toContain(text);
const gone = (pid: number) => expect.poll(() => isAlive({ pid, started: 'unknown' })).toBe(false);

describe('the environment of the app', () => {
  it('has nothing of ours but what a program needs', async () => {
    const env = {
      ...process.env,
      FOO_SECRET: 's3cret',
      GITHUB_TOKEN: 's3cret',
      LABS_CACHE_DIR: 's3cret',
      npm_config__authToken: 's3cret',
      NODE_OPTIONS: '',
      LC_ALL: 'C',
    };
    const running = await start('console.log(JSON.stringify(process.env))', { env });
    await running.exited;
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    const seen = JSON.parse(lines[0]!.text) as Record<string, string>;
    expect(JSON.stringify(seen)).not.toContain('s3cret');
    const ours = Object.keys(seen).filter((name) => name.startsWith('LABS_'));
    expect(ours).toEqual(['LABS_RUN']);
    expect(seen).toMatchObject({ LABS_RUN: run.id, FROM_THE_GRADER: 'yes', LC_ALL: 'C' });
    expect(seen['PORT']).toBe(new URL(running.url).port);
    expect(seen['PATH']).toMatch(new RegExp(`^${workspace}/node_modules/\\.bin:`));
  });

  it('cannot take the mark of the run off, nor move PORT', async () => {
    const settings = { LABS_RUN: 'another', PORT: '1', FROM_THE_GRADER: 'no', OWN: 'yes' };
    const running = await start(
      'const e = process.env; console.log(e.LABS_RUN, e.PORT, e.FROM_THE_GRADER, e.OWN)',
      { settings },
    );
    await said(`${run.id} ${new URL(running.url).port} yes yes`);
  });
});

describe('signals', () => {
  const FAMILY = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', \`
      process.on('SIGTERM', () => console.log('child was told'));
      setInterval(() => {}, 1000); console.log('child ' + process.pid)\`], { stdio: 'inherit' });`;
  const childPid = async () => {
    await expect.poll(() => texts().some((text) => /^child \d/.test(text))).toBe(true);
    return Number(
      texts()
        .find((text) => /^child \d/.test(text))!
        .split(' ')[1],
    );
  };

  it('SIGTERM goes to the main process alone; what it leaves is killed', async () => {
    const running = await start(
      `process.on('SIGTERM', () => setTimeout(() => { console.log('told once'); process.exit(3); }, 50)); ${FAMILY}`,
    );
    const pid = await childPid();
    expect(await running.terminate(5_000)).toEqual({ code: 3, signal: null, forced: false });
    await gone(pid);
    await said('told once');
    expect(texts()).not.toContain('child was told');
  });

  it('after its grace the whole group is killed', async () => {
    const running = await start(`process.on('SIGTERM', () => {}); ${FAMILY}`);
    const pid = await childPid();
    expect(await running.terminate(50)).toEqual({ code: null, signal: 'SIGKILL', forced: true });
    await gone(pid);
  });

  it.runIf(linux)('what ends in its grace was not forced, though we stall meanwhile', async () => {
    const running = await start(`console.log('child ' + process.pid); setInterval(() => {}, 1000)`);
    const pid = await childPid();
    // After these the event loop turns to timers, and to what can be read only then.
    await immediate();
    const ended = running.terminate(20);
    const graceEnds = performance.now() + 40;
    const isZombie = () => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    while (performance.now() < graceEnds || !isZombie());
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM', forced: false });
  });

  it('a kill takes the whole group, and is told once', async () => {
    const running = await start(FAMILY);
    const pid = await childPid();
    const exit = await running.kill();
    expect(exit).toEqual({ code: null, signal: 'SIGKILL', forced: false });
    await gone(pid);
    expect(await running.terminate(0)).toEqual(exit);
    expect(await running.kill()).toEqual(exit);
    expect(running.exit).toEqual(exit);
  });

  it('a pause stops it, and it goes on after', async () => {
    const running = await start(SERVES, { readiness: '/' });
    await running.pause();
    const ask = () => fetch(running.url, { signal: AbortSignal.timeout(150) });
    await expect(ask()).rejects.toThrow();
    await running.resume();
    await expect.poll(async () => (await ask()).status).toBe(200);
    await running.kill();
    await running.pause();
    await running.resume();
  });

  it.runIf(linux)('a daemon with a session of its own ends with the run', async () => {
    await start(
      `require('node:child_process').spawn('setsid', ['sleep', '60'], { detached: true, stdio: 'ignore' }).unref()`,
    );
    await expect.poll(() => leftovers(run)).not.toEqual([]);
  });
});

describe('readiness', () => {
  it('is waited for', async () => {
    const running = await start(
      `let n = 0; require('node:http').createServer((_, r) => { r.statusCode = ++n < 3 ? 503 : 200; r.end(); }).listen(process.env.PORT)`,
      { readiness: '/healthz' },
    );
    expect((await fetch(running.url)).status).toBe(200);
  });

  it('does not need a body that ends', async () => {
    await start(
      `require('node:http').createServer((_, r) => { r.write('a'); setInterval(() => r.write('a'), 10); }).listen(process.env.PORT)`,
      { readiness: '/' },
    );
  });

  it('of one that ends before: its very last lines are told', async () => {
    for (let i = 0; i < 5; i += 1) {
      const error = await start(
        `require('node:fs').writeSync(1, 'x\\n'.repeat(2000)); require('node:fs').writeSync(2, 'the reason\\n'); process.exit(7)`,
        { readiness: '/' },
      ).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(AppStartError);
      expect((error as AppStartError).message).toBe('The app exited with code 7 before it served.');
      expect((error as AppStartError).lines.map(({ text }) => text)).toContain('the reason');
    }
  });
});

describe('the install step', () => {
  const INSTALL = node(
    `const fs = require('node:fs'); fs.mkdirSync('node_modules', { recursive: true }); fs.appendFileSync('count', 'x')`,
  );
  const times = async () => {
    await prepare({ install: INSTALL });
    return readFileSync(path.join(workspace, 'count'), 'utf8').length;
  };

  it('runs once, again after a lock file changed, and after what it made is gone', async () => {
    writeFileSync(path.join(workspace, 'package-lock.json'), '{}');
    expect(await times()).toBe(1);
    expect(await times()).toBe(1);
    writeFileSync(path.join(workspace, 'package-lock.json'), '{"a":1}');
    expect(await times()).toBe(2);
    expect(await times()).toBe(2);
    rmSync(path.join(workspace, 'node_modules'), { recursive: true });
    expect(await times()).toBe(3);
    await prepare({ install: [...INSTALL, 'more'] });
    expect(readFileSync(path.join(workspace, 'count'), 'utf8')).toHaveLength(4);
  });

  it.each(['null', '{}', '[]', '7', '{"digest":'])('runs where its stamp is %s', async (stamp) => {
    mkdirSync(path.join(workspace, '.labs'));
    writeFileSync(path.join(workspace, '.labs', 'installed.json'), stamp);
    expect(await times()).toBe(1);
  });

  it('that fails is not remembered, and tells its last lines', async () => {
    const install = node(`console.error('no such package'); process.exit(1)`);
    for (let i = 0; i < 2; i += 1) {
      const error = (await prepare({ install }).catch((e: unknown) => e)) as AppStartError;
      expect(error).toMatchObject({ reason: 'install', name: 'AppStartError' });
      expect(error.message).toMatch(/exited with code 1\.$/);
      expect(error.lines.map(({ text }) => text)).toContain('no such package');
    }
  });
});

describe('the log', () => {
  const read = (...chunks: (string | Buffer)[]) => {
    const found: string[] = [];
    const stream = new PassThrough();
    readLines(stream, { source: 'web.1', stream: 'stdout', now: () => 7 }, (l) =>
      found.push(l.text),
    );
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    return new Promise<string[]>((done) => stream.on('end', () => done(found)));
  };

  it('comes by the line, the last one without an end too', async () => {
    expect(await read('a\nb', 'c\r\n', '\n', 'last')).toEqual(['a', 'bc', '', 'last']);
  });

  it('is cut where a line is long, however it comes', async () => {
    const long = `${'a'.repeat(2_000)}…`;
    expect(await read(`${'a'.repeat(5_000)}\nb\n`)).toEqual([long, 'b']);
    expect(await read(...Array<string>(500).fill('a'.repeat(100)), '\nb')).toEqual([long, 'b']);
    expect(await read('a'.repeat(2_000))).toEqual(['a'.repeat(2_000)]);
  });

  it('keeps characters whole that come in two parts', async () => {
    const bytes = Buffer.from('é\n');
    expect(await read(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é']);
  });

  it('of a flood does not block the process that writes it', async () => {
    const running = await start(
      `const line = 'flood '.repeat(20) + '\\n'; for (let i = 0; i < 50_000; i++) require('node:fs').writeSync(1, line); process.exit(5)`,
    );
    expect(await running.exited).toMatchObject({ code: 5 });
  });
});

describe.runIf(linux)('a port that somebody else took before the app listened', () => {
  const taken = 'Another program took port';

  it.each([
    ['and the app goes on without it', `process.on('uncaughtException', () => {}); ${SERVES}`],
    ['and the app ends', SERVES],
  ])('is told, not graded: %s', async (_, script) => {
    const server = createServer((__, response) => response.end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const started = start(script, { readiness: '/', port });
    await expect(started).rejects.toThrow(taken);
    server.close();
  });

  it('is not confused with an app whose server left its process group', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(SERVES)}], { detached: true, stdio: 'ignore' })`;
    const running = await start(`${child}; setInterval(() => {}, 1000)`, { readiness: '/' });
    expect(running.exit).toBeUndefined();
    await running.kill();
  });
});
