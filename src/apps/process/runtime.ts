import type { Resource } from '../../core/resource.ts';
import type { Submission } from '../../core/submission.ts';
import { killProcessesOf } from '../../platform/strays.ts';
import type { PreparedApp, Runtime } from '../port.ts';
import { createClocks } from './clocks.ts';
import { appEnvironment } from './environment.ts';
import type { ProcessRuntimeOptions } from './options.ts';
import { installAndBuild } from './prepare.ts';
import { startProcess } from './start.ts';

/** Runs the app as processes of this machine, with the user's own rights: for one's own code. */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  return {
    kind: 'process',
    prepare: (submission) => prepare(submission, options),
  };
}

function prepare(submission: Submission, options: ProcessRuntimeOptions): Resource<PreparedApp> {
  const clocks = createClocks(options.env, options.run.owner);
  return {
    id: 'app.build',
    title: titleOf(submission),
    setup: async (context) => {
      await installAndBuild(submission, options, context);
      const base = appEnvironment(options.env, submission.directory);
      // The mark comes last: by it the run finds its processes again.
      const { marker } = options.run;
      return {
        start: async (spec, start) => {
          const env = { ...base, ...submission.env, ...spec.env, ...marker };
          const { clockOffsetMs } = spec;
          if (clockOffsetMs !== undefined) {
            const name = `${spec.process}.${spec.instance}`;
            Object.assign(env, await clocks.set(name, clockOffsetMs, env));
          }
          return startProcess(submission, { ...spec, env }, { ...start, now: options.now });
        },
        // It is on this machine too: what listens here is in its reach, and refuses it by itself.
        reach: async (server) => ({ ...server, shut: () => {}, open: async () => {} }),
        whyLost: async () => undefined,
      };
    },
    // Processes that the app left behind are found by their mark, whatever group they are in.
    teardown: async () => {
      await killProcessesOf(options.run.id);
      await clocks.close();
    },
    teardownBudgetMs: 10_000,
  };
}

function titleOf({ install, build }: Submission): string {
  const verbs = [install && 'install', build && 'build'].filter((verb) => verb !== undefined);
  const [first = 'prepare', ...rest] = verbs;
  return `${first[0]?.toUpperCase()}${[first.slice(1), ...rest].join(' and ')} the app`;
}
