import path from 'node:path';
import { expect, test } from 'vitest';
import { createDockerRuntime } from '../../../src/apps/docker/runtime.ts';
import type { Command, Submission } from '../../../src/core/submission.ts';
import { findFaketime } from '../../../src/platform/faketime.ts';
import { root } from '../../support/cli.ts';
import { scratch } from '../../unit/services/scratch.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';

const library = await findFaketime(process.platform, process.arch, process.env);
const now = () => performance.now();
const context = { signal: new AbortController().signal, progress: () => {} };

const SANDBOX = {
  install: 'none',
  dockerfile: false,
  memory: 256,
  cpus: 1,
  pids: 64,
  tmp: 8,
} as const;

test.skipIf(noEngine !== undefined || library === undefined).each<[string, string, Command]>([
  ['javascript', 'tells-time', ['node', 'server.js']],
  ['python', 'tells-time-python', ['python3', 'server.py']],
])(titled('in the sandbox too, one instance in %s has its clock off'), async (...given) => {
  const [language, fixture, start] = given;
  await using place = await scratch();
  const run = await place.newRun();
  const isDead = async () => false;
  const common = { env: process.env, now, onLog: () => {}, sandbox: SANDBOX };
  const resource = createDockerRuntime({ ...common, engine, run, isDead }).prepare({
    directory: path.join(root, 'test/fixtures/apps', fixture),
    lab: 'none',
    language,
    processes: { web: start },
    env: {},
  } satisfies Submission);
  try {
    const app = await resource.setup(context);
    const offsets = [undefined, 30_000, -45_000];
    const instances = await Promise.all(
      offsets.map((clockOffsetMs, index) =>
        app.start(
          {
            process: 'web',
            instance: index + 1,
            env: {},
            readiness: '/healthz',
            readyTimeoutMs: 20_000,
            onLog: () => {},
            ...(clockOffsetMs !== undefined && { clockOffsetMs }),
          },
          context,
        ),
      ),
    );
    for (const [index, { url }] of instances.entries()) {
      const asked = Date.now();
      const answer = (await (await fetch(url)).json()) as { now: number; sleptMs: number };
      const now = answer.now - (offsets[index] ?? 0);
      expect(now, `instance ${index + 1}`).toBeGreaterThan(asked - 50);
      expect(now, `instance ${index + 1}`).toBeLessThan(Date.now() + 50);
      // The rest of its time is true: else off by as much as its clock is.
      expect(answer.sleptMs).toBeGreaterThan(195);
      expect(answer.sleptMs).toBeLessThan(20_000);
    }
    expect(await instances[1]!.terminate(5_000)).toMatchObject({ signal: 'SIGTERM' });
  } finally {
    await resource.teardown();
  }
});
