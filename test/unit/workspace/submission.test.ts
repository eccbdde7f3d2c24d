import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSubmission } from '../../../src/workspace/submission.ts';
import { directoryWith, errorOf } from '../catalog/support.ts';

const HEAD = 'formatVersion: 1\nlab: crud-api\nlanguage: typescript\n';

async function read(lines: string) {
  const cwd = await directoryWith({ 'labs.yaml': HEAD + lines });
  return readSubmission(cwd, { cwd });
}

test('start is the web process', async () => {
  const cwd = await directoryWith({
    'labs.yaml': `${HEAD}install: npm ci\nstart: [node, src/main.ts]\nenv: { LOG: info }\n`,
  });
  expect(await readSubmission('.', { cwd })).toEqual({
    directory: cwd,
    lab: 'crud-api',
    language: 'typescript',
    install: ['npm', 'ci'],
    processes: { web: ['node', 'src/main.ts'] },
    env: { LOG: 'info' },
    labNamedAt: 'labs.yaml:2:6',
  });
});

test('processes are named', async () => {
  const { processes } = await read('processes:\n  web: node web.ts\n  worker: node worker.ts\n');
  expect(processes).toEqual({ web: ['node', 'web.ts'], worker: ['node', 'worker.ts'] });
});

describe('the workspace is found', () => {
  test('from a directory in it', async () => {
    const root = await directoryWith({ 'labs.yaml': `${HEAD}start: node x\n` });
    await mkdir(path.join(root, 'src/http'), { recursive: true });
    const submission = await readSubmission('src/http', { cwd: root });
    expect(submission.directory).toBe(root);
  });

  test('or not, and then there is a way on', async () => {
    const cwd = await directoryWith({ 'my-api/x': '' });
    expect(await errorOf(readSubmission('my-api', { cwd }))).toBe(
      'usage: There is no labs.yaml in my-api nor in a directory above it.\nhint: Go to your workspace with cd, or make one: `labs start <lab>`.',
    );
  });

  test('nowhere else, where only one directory may be it', async () => {
    const cwd = await directoryWith({ 'labs.yaml': HEAD, 'inner/x': '' });
    expect(await errorOf(readSubmission('inner', { cwd, searchParents: false }))).toMatch(
      /^usage: There is no labs\.yaml in inner\.\n/,
    );
  });
});

describe('a command is refused', () => {
  test.each([
    [
      'start: npm run migrate && node src/main.ts',
      `usage: labs.yaml:4:24: start has &&, which only a shell understands, and no shell runs it.
4 | start: npm run migrate && node src/main.ts
  |                        ^^
hint: To have a shell, write ["sh", "-c", "npm run migrate && exec node src/main.ts"]; to mean the characters themselves, put them in single quotes.`,
    ],
    [
      'start: "node src/main.ts --port $PORT"',
      `usage: labs.yaml:4:33: start has $PORT, which only a shell understands, and no shell runs it.
4 | start: "node src/main.ts --port $PORT"
  |                                 ^^^^^
hint: To have a shell, write ["sh", "-c", "exec node src/main.ts --port $PORT"]; to mean the characters themselves, put them in single quotes.`,
    ],
    [
      'start: NODE_ENV=production node src/main.ts',
      `usage: labs.yaml:4:8: start begins with the setting NODE_ENV=production, and no shell is there to read it.
4 | start: NODE_ENV=production node src/main.ts
  |        ^^^^^^^^^^^^^^^^^^^
hint: Put it under env: as NODE_ENV: "production".`,
    ],
    [
      'start: PORT=3000 node src/main.ts',
      `usage: labs.yaml:4:8: start begins with the setting PORT=3000, and no shell is there to read it.
4 | start: PORT=3000 node src/main.ts
  |        ^^^^^^^^^
hint: Leave it out: the grader sets PORT, and your app listens on what it says.`,
    ],
    [
      "build: npm run 'build\nstart: node x",
      `usage: labs.yaml:4:16: a quote in build is opened and not closed.
4 | build: npm run 'build
  |                ^`,
    ],
    [
      'start: "   "',
      `usage: labs.yaml:4:9: start has no program to run.
4 | start: "   "
  |         ^^^`,
    ],
    [
      'start: |\n  npm run build\n  node x',
      `usage: labs.yaml:4:8: start has a second line, and only a shell runs two.
4 | start: |
  |        ^
hint: To have a shell, write ["sh", "-c", "npm run build\\nexec node x"].`,
    ],
    [
      'processes:\n  web: node x\n  worker: node y; node z',
      `usage: labs.yaml:6:17: processes.worker has ;, which only a shell understands, and no shell runs it.
6 |   worker: node y; node z
  |                 ^
hint: To have a shell, write ["sh", "-c", "node y; exec node z"]; to mean the characters themselves, put them in single quotes.`,
    ],
    [
      'start: ["", x]',
      `usage: labs.yaml:4:9: the name of the program is empty.
4 | start: ["", x]
  |         ^^`,
    ],
    [
      'start: [node, "a\\0b"]',
      `usage: labs.yaml:4:15: an argument has a NUL character.
4 | start: [node, "a\\0b"]
  |               ^^^^^^`,
    ],
  ])('%s', async (lines, error) => {
    expect(await errorOf(read(lines))).toBe(error);
  });
});

test.each(['PORT', 'DATABASE_URL', 'REDIS_URL'])('%s is the grader’s', async (name) => {
  const why =
    name === 'PORT'
      ? 'its value is a port that is free on the day'
      : 'its value is the address of a server that is made for each run';
  expect(await errorOf(read(`start: node x\nenv:\n  ${name}: "3000"\n`))).toBe(
    `usage: labs.yaml:6:3: the grader sets ${name}: ${why}.
6 |   ${name}: "3000"
  |   ${'^'.repeat(name.length)}
hint: Take it out of env; your app reads it from its environment.`,
  );
});

test('a setting may be called like what every object has', async () => {
  const { env } = await read('start: node x\nenv: { constructor: a, toString: b }\n');
  expect(env).toEqual({ constructor: 'a', toString: 'b' });
});
