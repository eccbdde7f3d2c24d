import { expect, it } from 'vitest';
import type { AppExit, AppProcess } from '../../../src/kit/app.ts';
import { createIncidents } from '../../../src/kit/incidents.ts';
import { recordedProcess } from '../../../src/kit/recorded-process.ts';

const KILLED: AppExit = { code: null, signal: 'SIGKILL', forced: false, tookMs: 1 };

/** A process that is not there; `end` is an end that nobody asked for. */
function fakeProcess() {
  let exit: AppExit | undefined;
  let exited = Promise.withResolvers<AppExit>();
  const end = (how: AppExit) => {
    exit = how;
    exited.resolve(how);
    return exited.promise;
  };
  const start = async () => {
    exit = undefined;
    exited = Promise.withResolvers();
  };
  const process: AppProcess = {
    name: 'worker.1',
    get exit() {
      return exit;
    },
    get exited() {
      return exited.promise;
    },
    log: () => [],
    start,
    startWith: async () => {
      await start();
      return undefined;
    },
    terminate: async () => end({ code: 0, signal: null, forced: false, tookMs: 1 }),
    kill: async () => end(KILLED),
    pause: async () => {},
    resume: async () => {},
  };
  return { process, end };
}

function setup() {
  let now = 0;
  const incidents = createIncidents(() => ++now);
  const { process, end } = fakeProcess();
  const told = () => incidents.list.map(({ kind, text }) => `${kind}: ${text}`);
  return { process: recordedProcess(process, incidents), end, incidents, told };
}

it('tells what is done to a process', async () => {
  const { process, incidents, told } = setup();
  await process.kill();
  expect(process.exit).toEqual(KILLED);
  await process.start();
  await process.pause();
  await process.resume();
  await process.terminate(1);
  await process.startWith({ SECRET: 'x' }, { withinMs: 1 });
  expect(told()).toEqual([
    'kill: killed (SIGKILL)',
    'start: started',
    'pause: paused',
    'terminate: told to end (SIGTERM)',
    'start: started with SECRET changed',
  ]);
  expect(incidents.list.every(({ target }) => target === 'worker.1')).toBe(true);
});

it('tells that it ended by itself, also after it was started again', async () => {
  const { process, end, told } = setup();
  await end({ code: 1, signal: null, forced: false, tookMs: 0 });
  await process.start();
  await end({ code: null, signal: 'SIGSEGV', forced: false, tookMs: 0 });
  expect(told()).toEqual([
    'exit: ended by itself: exit code 1',
    'start: started',
    'exit: ended by itself: SIGSEGV',
  ]);
});

it('ends at the end of the check what still goes on', async () => {
  const { process, incidents } = setup();
  await process.pause();
  const [first] = incidents.list;
  expect(incidents.list[0]!.durationMs).toBeGreaterThan(first!.durationMs!);
  await process.resume();
  expect(incidents.list[0]).toEqual(incidents.list[0]);
});
