import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listFiles } from '../../../src/apps/docker/context/files.ts';
import { packFiles } from '../../../src/apps/docker/context/pack.ts';
import { runStep, type StepLimits } from '../../../src/apps/docker/image/step.ts';
import { STEP_LIMITS } from '../../../src/apps/docker/sandbox/limits.ts';
import { USER } from '../../../src/apps/docker/sandbox/profile.ts';
import type { AppStartError } from '../../../src/apps/port.ts';
import type { Command } from '../../../src/core/submission.ts';
import { connect } from '../../../src/docker/client.ts';
import { removeContainer } from '../../../src/docker/remove.ts';
import { quiet } from '../../unit/services/scratch.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';
import { inspect, openSandbox, remainsOf } from './support.ts';

const HUNGRY = path.resolve(import.meta.dirname, '../../fixtures/sandbox/hungry');
const BOUNDS: StepLimits = { cpuSeconds: 20, wallSeconds: 30, diskMiB: 1_024 };

describe.skipIf(noEngine !== undefined)(titled('a step that takes all it can get'), () => {
  const runs: string[] = [];
  afterAll(async () => expect(await remainsOf(runs)).toEqual([]));

  /** Runs a step with these appetites, and bounds lower than those of a grade. */
  async function stepWith(appetites: string, bounds: Partial<StepLimits> = {}) {
    const docker = await connect(engine);
    const name = `labs-test-step-${process.pid}-${runs.length}`;
    runs.push(name);
    const command: Command = ['node', 'step.js', ...appetites.split(' ')];
    const step = runStep(
      {
        docker,
        step: 'install',
        name,
        shown: command.join(' '),
        command,
        image: 'node:24-slim',
        directory: '/app',
        env: {},
        labels: { 'labs.run': name },
        profile: {
          limits: { ...STEP_LIMITS, memoryMiB: 256, pids: 64, tmpMiB: 32 },
          network: 'none',
          writable: true,
        },
        bounds: { ...BOUNDS, ...bounds },
        source: 'install',
        now: () => performance.now(),
        onLog: () => {},
        fill: async (made) => {
          const pack = { ...USER, prefix: 'home/labs/' };
          await made.put(packFiles(HUNGRY, [], pack));
          await made.put(packFiles(HUNGRY, await listFiles(HUNGRY), { ...pack, prefix: 'app/' }));
        },
      },
      quiet().signal,
    );
    const error = await step.then(
      () => undefined,
      (reason: AppStartError) => reason,
    );
    const { State } = await inspect(name);
    await removeContainer(docker, name);
    return { error, State };
  }

  test.each<[string, Partial<StepLimits>, string | RegExp]>([
    [
      'sleeps',
      { wallSeconds: 10 },
      /^`node step\.js sleeps` did not finish within 10 s, in which it used \d s of CPU time\.$/,
    ],
    ['spins', { cpuSeconds: 1 }, 'used 1 s of CPU time and was not done.'],
    ['fillDisk', { diskMiB: 64 }, 'wrote more than 64 MiB.'],
    ['memory', {}, 'was ended by SIGKILL. It ran out of memory: its limit is 256 MiB.'],
    ['disk', {}, 'exited with code 1. It filled its disk: /tmp holds 32 MiB.'],
    ['processes', {}, 'exited with code 1. It reached its limit of 64 processes and threads.'],
  ])('(%s, %j) fails: it %s', async (appetite, bounds, says) => {
    const { error } = await stepWith(appetite, bounds);
    expect(error).toMatchObject({
      name: 'AppStartError',
      reason: 'install',
      message:
        typeof says === 'string'
          ? `\`node step.js ${appetite}\` ${says}`
          : expect.stringMatching(says),
    });
    expect(error!.lines[0]?.text).toBe(appetite);
  });

  test('leaves no daemon behind', async () => {
    const { error, State } = await stepWith('daemon exit');
    expect(error).toBeUndefined();
    expect(State).toMatchObject({ Running: false, Pid: 0, ExitCode: 0 });
  });

  test.each(['install', 'build'] as const)('in a grade has 2 GiB to %s in', async (step) => {
    const submission = { [step]: ['node', 'step.js', 'memory'] };
    await expect(
      openSandbox('hungry', { submission, onRun: (id) => runs.push(id) }),
    ).rejects.toMatchObject({
      reason: step,
      message:
        '`node step.js memory` was ended by SIGKILL. It ran out of memory: its limit is 2048 MiB.',
    });
  });
});
