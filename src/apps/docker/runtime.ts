import type { Resource } from '../../core/resource.ts';
import type { Submission } from '../../core/submission.ts';
import { type UndoableContext, undoable } from '../../core/undoable.ts';
import { connect } from '../../docker/client.ts';
import { labelsOf } from '../../docker/labels.ts';
import { removeContainer } from '../../docker/remove.ts';
import { removeImage } from '../../docker/remove-image.ts';
import { sweepEngine } from '../../docker/sweep.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { PreparedApp, Runtime } from '../port.ts';
import { buildImage } from './image/build.ts';
import { languageOf } from './languages/index.ts';
import { openNetwork } from './network.ts';
import type { DockerRuntimeOptions } from './options.ts';
import type { SandboxContainer } from './sandbox/container.ts';
import { appLimits } from './sandbox/limits.ts';
import { startInSandbox } from './start.ts';

/** Runs the app in containers that have nothing, reach nothing but its services, and leave nothing. */
export function createDockerRuntime(options: DockerRuntimeOptions): Runtime {
  let prepared = 0;
  return {
    kind: 'docker',
    prepare: (submission) => {
      prepared += 1;
      const prefix = `labs-${options.run.id}${prepared === 1 ? '' : `-${prepared}`}`;
      return prepareInDocker(submission, prefix, options);
    },
  };
}

function prepareInDocker(
  submission: Submission,
  prefix: string,
  options: DockerRuntimeOptions,
): Resource<PreparedApp> {
  const about = { id: 'app.build', title: 'Build the app in Docker', teardownBudgetMs: 60_000 };
  return undoable(about, async (context) => {
    const { signal, undo, progress } = context;
    // Known before the engine is asked for anything; a Dockerfile may be in any language.
    if (!options.sandbox.dockerfile) languageOf(submission.language);
    progress('connecting to the Docker engine');
    const docker = await connect(options.engine);
    const swept = sweepEngine(docker, options.isDead).catch(() => []);
    undo(async () => void (await swept));
    const labels = await labelsOf(options.run);
    const remove = (name: string) => undo(() => removeContainer(docker, name));

    const containers = new Set<SandboxContainer>();
    undo(() => removeImage(docker, `${prefix}:submission`));
    remove(`${prefix}-relay`);
    remove(`${prefix}-install`);
    remove(`${prefix}-build`);
    undo(async () => {
      await Promise.all([...containers].map((container) => container.remove()));
    });

    const opening = openNetwork({ docker, name: `${prefix}-relay`, labels }, context);
    undo(async () => (await opening.catch(() => undefined))?.close());
    const plan = { docker, submission, prefix, labels, options, signal, progress };
    const building = buildImage({
      ...plan,
      openRegistry: async (hosts) => (await opening).openRegistry(hosts, options.env),
    });
    // The engine may be making something of it at the moment when all of it is undone.
    undo(async () => void (await building.catch(() => {})));
    const [image, network] = await settled(context, [building, opening]);

    let started = 0;
    return {
      start: (spec, start) =>
        startInSandbox(
          {
            docker,
            submission,
            image,
            network,
            limits: appLimits(options.sandbox),
            containerName: (name) => `${prefix}-${name}-${++started}`,
            labels,
            hostEnv: options.env,
            now: options.now,
            own: (container) => {
              containers.add(container);
              void container.ended.then(() => containers.delete(container));
            },
          },
          spec,
          start,
        ),
      reach: (server) => network.reach(server),
      whyLost: async () => {
        const answers = await docker.ping().then(
          () => true,
          () => false,
        );
        if (!answers) return 'the Docker engine went away';
        return network.lost && 'the sandbox lost its network';
      },
    };
  });
}

/** Both have come to their end before one that failed is thrown: what they made is then known. */
async function settled<A, B>(
  { signal }: UndoableContext,
  work: [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  const outcomes = await orAbort(Promise.allSettled(work), signal);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return Promise.all(work);
}
