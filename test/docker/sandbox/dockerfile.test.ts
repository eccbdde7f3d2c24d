import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDockerRuntime } from '../../../src/apps/docker/runtime.ts';
import type { LogLine } from '../../../src/core/log.ts';
import type { Submission } from '../../../src/core/submission.ts';
import { scratch as place } from '../../support/cli.ts';
import { scratch } from '../../unit/services/scratch.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';

const now = () => performance.now();
const context = { signal: new AbortController().signal, progress: () => {} };
const SERVER = `require('node:http').createServer((_, answer) => answer.end(process.env.MADE))
  .listen(process.env.PORT)`;
const GOOD = `FROM node:24-slim AS base
RUN echo made > /made
FROM base
WORKDIR /srv
COPY server.js .
ENV MADE=by-dockerfile
`;

/** Starts what a Dockerfile makes, and gives its answer with what the build wrote. */
async function tryDockerfile(dockerfile: string, { allowed = true, language = 'cobol' } = {}) {
  await using runs = await scratch();
  const workspace = place('dockerfile');
  const log: LogLine[] = [];
  const sandbox = { dockerfile: allowed, memory: 256, cpus: 1, pids: 64, tmp: 8 };
  const resource = createDockerRuntime({
    engine,
    run: await runs.newRun(),
    isDead: async () => false,
    env: process.env,
    sandbox: { ...sandbox, install: 'registry' },
    now,
    onLog: (line) => log.push(line),
  }).prepare({
    directory: workspace.path,
    lab: 'none',
    language,
    processes: { web: ['node', 'server.js'] },
    env: {},
  } satisfies Submission);
  writeFileSync(path.join(workspace.path, 'Dockerfile'), dockerfile);
  writeFileSync(path.join(workspace.path, 'server.js'), SERVER);
  try {
    const app = await resource.setup(context);
    const web = await app.start(
      {
        process: 'web',
        instance: 1,
        env: {},
        readiness: '/',
        readyTimeoutMs: 20_000,
        onLog: () => {},
      },
      context,
    );
    return { answer: await (await fetch(web.url)).text(), log };
  } finally {
    await resource.teardown();
    workspace.remove();
  }
}

describe.skipIf(noEngine !== undefined)(titled('a Dockerfile of the learner’s'), () => {
  it('makes the image where the lab allows it, in any language', async () => {
    const { answer, log } = await tryDockerfile(GOOD);
    expect(answer).toBe('by-dockerfile');
    expect(log.map(({ text }) => text).join('\n')).toContain('Step 1/');
  });

  it('is a file like any other where the lab does not', async () => {
    const { answer } = await tryDockerfile(GOOD, { allowed: false, language: 'javascript' });
    expect(answer).toBe('');
  });

  it.each(['# syntax=docker/dockerfile:1', '#SYNTAX = evil.example/frontend'])(
    'names no frontend: %s',
    async (line) => {
      await expect(tryDockerfile(`# escape=\\\n${line}\n${GOOD}`)).rejects.toMatchObject({
        kind: 'usage',
        message: 'Dockerfile:2: “syntax” is not allowed here.',
      });
    },
  );

  it('that does not build fails the build, with its last lines', async () => {
    const mark = `labs-test-${process.pid}`;
    const failing = `FROM node:24-slim\nLABEL of=${mark}\nRUN echo reason && exit 7\n`;
    await expect(tryDockerfile(failing)).rejects.toMatchObject({
      name: 'AppStartError',
      reason: 'build',
      message: expect.stringMatching(/returned a non-zero code: 7/),
      lines: expect.arrayContaining([expect.objectContaining({ text: 'reason' })]),
    });
    const unfinished = ['images', '--all', '--quiet', '--filter', `label=of=${mark}`];
    expect(execFileSync('docker', unfinished, { encoding: 'utf8' })).toBe('');
  });

  it('whose base image cannot be had is the environment’s', async () => {
    const missing = 'FROM labs.invalid/nothing:1\nRUN true\n';
    await expect(tryDockerfile(missing)).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('labs.invalid/nothing:1'),
    });
  });

  it('has no network but the registry while it builds', async () => {
    const probe = `require('node:net').connect(80, '169.254.169.254').on('error', (error) => {
      console.log('error is', error.code) })`.replaceAll('\n', ' ');
    const { log } = await tryDockerfile(`${GOOD}RUN node -e "${probe}"\n`);
    expect(log.map(({ text }) => text)).toContain('error is ENETUNREACH');
  });
});
