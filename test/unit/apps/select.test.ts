import { describe, expect, test } from 'vitest';
import { chooseRuntime, type Situation } from '../../../src/apps/select.ts';
import type { AnsweringEngine, Engine } from '../../../src/docker/engine.ts';

const there: AnsweringEngine = {
  answers: true,
  version: '28.0.1',
  apiVersion: '1.48',
  endpoint: { url: 'unix:///var/run/docker.sock' },
};
const absent: Engine = { answers: false, reason: 'there is no socket of one' };

type Row = [asked: Situation['asked'], own: boolean, trusted: boolean, engine: boolean, is: string];

const [yes, no] = [true, false];

const TABLE: Row[] = [
  // asked, own, trusted, engine
  ['auto', yes, no, yes, 'process'],
  ['auto', yes, no, no, 'process'],
  ['auto', yes, yes, yes, 'process'],
  ['auto', yes, yes, no, 'process'],
  ['auto', no, yes, yes, 'process, remembered'],
  ['auto', no, yes, no, 'process, remembered'],
  ['auto', no, no, yes, 'docker, and why'],
  ['auto', no, no, no, 'usage'],
  ['process', yes, no, yes, 'process'],
  ['process', yes, no, no, 'process'],
  ['process', yes, yes, yes, 'process'],
  ['process', yes, yes, no, 'process'],
  ['process', no, yes, yes, 'process, remembered'],
  ['process', no, yes, no, 'process, remembered'],
  ['process', no, no, yes, 'usage'],
  ['process', no, no, no, 'usage'],
  ['docker', yes, no, yes, 'docker'],
  ['docker', yes, no, no, 'environment'],
  ['docker', yes, yes, yes, 'docker'],
  ['docker', yes, yes, no, 'environment'],
  ['docker', no, yes, yes, 'docker'],
  ['docker', no, yes, no, 'environment'],
  ['docker', no, no, yes, 'docker'],
  ['docker', no, no, no, 'environment'],
];

function choose(asked: Situation['asked'], own: boolean, trusted: boolean, engine: boolean) {
  const findEngine = async () => (engine ? there : absent);
  return chooseRuntime({ asked, own, trusted, workspace: '/w', findEngine });
}

describe('where an app runs', () => {
  test.each(TABLE)('%s, own %j, trusted %j, an engine %j: %s', async (...row) => {
    const [asked, own, trusted, engine, is] = row;
    const outcome = await choose(asked, own, trusted, engine).then(
      ({ runtime, why, remember }) =>
        `${runtime.kind}${remember ? ', remembered' : ''}${why === undefined ? '' : ', and why'}`,
      (error) => error.kind,
    );
    expect(outcome).toBe(is);
  });

  test('an engine is not looked for where it does not matter', async () => {
    const findEngine = async () => Promise.reject(new Error('it was asked'));
    const situation = { own: true, trusted: false, workspace: '/w', findEngine };
    for (const asked of ['auto', 'process'] as const)
      expect((await chooseRuntime({ asked, ...situation })).runtime).toEqual({ kind: 'process' });
  });

  test('the engine that answered is the one that is used', async () => {
    const { runtime } = await choose('docker', false, false, true);
    expect(runtime).toEqual({ kind: 'docker', engine: there });
  });
});

describe('what is said', () => {
  const notMade = '/w is not a workspace that was made here: its code would run with your rights.';

  test('of a stranger’s workspace in a sandbox', async () => {
    expect((await choose('auto', false, false, true)).why).toBe(
      'The app runs in a sandbox in Docker, since /w is not a workspace that was made here; if it is yours, --trust runs it as a process.',
    );
  });

  test('of one that has no sandbox', async () => {
    await expect(choose('auto', false, false, false)).rejects.toMatchObject({
      message: notMade,
      hint: 'If it is yours, add --trust once. If not, start Docker, and it runs in a sandbox; now no engine answers (there is no socket of one).',
    });
  });

  test('of one that is to run as a process', async () => {
    await expect(choose('process', false, false, true)).rejects.toMatchObject({
      message: notMade,
      hint: 'Let it run in a sandbox, with --runtime docker; or, if it is yours, add --trust once.',
    });
  });

  test.each([
    [true, '--runtime process.'],
    [false, '--runtime process --trust.'],
  ])('where no engine answers (own: %j)', async (own, way) => {
    await expect(choose('docker', own, false, false)).rejects.toMatchObject({
      message: 'No Docker engine answers: there is no socket of one.',
      hint: expect.stringContaining(way),
    });
  });
});
