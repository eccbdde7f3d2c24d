import { expect, it } from 'vitest';
import type { Runtime } from '../../../src/apps/port.ts';
import { interrupted } from '../../../src/core/errors.ts';
import type { RunEvent } from '../../../src/core/event.ts';
import { grade } from '../../../src/grading/run.ts';
import type { ServiceProvider } from '../../../src/services/port.ts';
import { check, fakeLab, shared } from './fakes.ts';

/** Interrupts a grade while the app is made ready. */
async function interrupt(teardown: () => Promise<void>) {
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const runtime: Runtime = {
    kind: 'process',
    prepare: () => ({
      id: 'app',
      title: 'Install and build',
      setup: async ({ signal }) => {
        stop.abort(interrupted());
        signal.throwIfAborted();
        throw new Error('not interrupted');
      },
      teardown,
    }),
  };
  const request = {
    lab: fakeLab([shared(check('a'))]),
    target: {
      kind: 'submission' as const,
      submission: {
        directory: '/work',
        lab: 'fake',
        language: 'javascript',
        processes: {},
        env: {},
      },
      provider: {} as ServiceProvider,
      runtime,
    },
    seed: 'seed',
    worlds: 1,
    version: '0',
    notes: [],
  };
  const context = { emit: (event: RunEvent) => events.push(event), now: () => 0 };
  const error: unknown = await grade(request, { ...context, signal: stop.signal }).catch(
    (thrown) => thrown,
  );
  return { error, notes: events.filter(({ type }) => type === 'note') };
}

it('a grade that is interrupted says so, and no more', async () => {
  const { error } = await interrupt(async () => {});
  expect(error).toMatchObject({ kind: 'interrupted', message: 'Interrupted.' });
  expect(error).toMatchObject({ detail: undefined, hint: undefined });
});

it('what could not be taken down is said, with the way on', async () => {
  const { error, notes } = await interrupt(() => Promise.reject(new Error('the engine hangs')));
  expect(error).toMatchObject({
    kind: 'interrupted',
    message: 'Interrupted.',
    detail: 'Install and build, undone: the engine hangs',
    hint: 'Run `labs clean` to remove what was left; on a server of yours, with its --service.',
  });
  expect(notes).toEqual([]);
});
