import type { AppExit, AppProcess } from './app.ts';
import type { Incidents } from './incidents.ts';

/** The same process, with all that is done to it on record, and that it ended where nobody told it to. */
export function recordedProcess(process: AppProcess, incidents: Incidents): AppProcess {
  const target = process.name;
  let told = false;
  let endPause = () => {};

  function recorded<T>(
    kind: 'kill' | 'terminate' | 'start',
    text: string,
    action: () => Promise<T>,
  ): Promise<T> {
    return incidents.during({ kind, target, text }, action);
  }

  function toEnd(action: () => Promise<AppExit>): () => Promise<AppExit> {
    return () => {
      told = true;
      return action();
    };
  }

  function watch(): void {
    if (process.exit !== undefined) return;
    told = false;
    void process.exited.then((exit) => {
      if (!told) incidents.moment({ kind: 'exit', target, text: `ended by itself: ${how(exit)}` });
    });
  }

  async function started<T>(text: string, action: () => Promise<T>): Promise<T> {
    const result = await recorded('start', text, action);
    watch();
    return result;
  }

  watch();
  return {
    name: process.name,
    get exit() {
      return process.exit;
    },
    get exited() {
      return process.exited;
    },
    log: () => process.log(),
    start: () => started('started', () => process.start()),
    startWith: (env, options) =>
      started(`started with ${Object.keys(env).join(', ')} changed`, () =>
        process.startWith(env, options),
      ),
    terminate: (graceMs) =>
      recorded(
        'terminate',
        'told to end (SIGTERM)',
        toEnd(() => process.terminate(graceMs)),
      ),
    kill: () =>
      recorded(
        'kill',
        'killed (SIGKILL)',
        toEnd(() => process.kill()),
      ),
    pause: async () => {
      endPause = incidents.begin({ kind: 'pause', target, text: 'paused' });
      await process.pause();
    },
    resume: async () => {
      await process.resume();
      endPause();
    },
  };
}

function how({ code, signal }: AppExit): string {
  return signal === null ? `exit code ${code}` : signal;
}
