import { randomBytes } from 'node:crypto';
import { environmentError, LabsError, messageOf } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import { type UndoableContext, undoable } from '../../core/undoable.ts';
import { connect } from '../../docker/client.ts';
import { type AnsweringEngine, describeEndpoint } from '../../docker/engine.ts';
import { ensureImage } from '../../docker/image.ts';
import { labelsOf } from '../../docker/labels.ts';
import { publishedHost } from '../../docker/published.ts';
import { removeContainer } from '../../docker/remove.ts';
import { sweepEngine } from '../../docker/sweep.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { IsDead } from '../../platform/owner.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';
import type { PostgresRequest, PostgresServer, ServiceProvider } from '../port.ts';
import { LabServer } from '../postgres/lab-server.ts';
import { serviceImage } from './images.ts';
import { startContainer } from './postgres-container.ts';
import { useEngine } from './testcontainers.ts';

export interface DockerOptions {
  engine: AnsweringEngine;
  run: RunDirectory;
  isDead: IsDead;
}

/** Services in containers that nobody but this machine can connect to. */
export function createDockerProvider(options: DockerOptions): ServiceProvider {
  let containers = 0;
  return {
    kind: 'docker',
    postgres: (request) => {
      containers += 1;
      return dockerPostgres(options, request, `labs-${options.run.id}-postgres-${containers}`);
    },
  };
}

function dockerPostgres(
  { engine, run, isDead }: DockerOptions,
  request: PostgresRequest,
  name: string,
): Resource<PostgresServer> {
  const about = { id: 'services.postgres', title: 'Start Postgres', teardownBudgetMs: 30_000 };

  async function start(context: UndoableContext): Promise<PostgresServer> {
    const { signal, undo, progress } = context;
    progress('connecting to the Docker engine');
    const docker = await connect(engine);
    const host = await orAbort(publishedHost(docker, engine.endpoint), signal);
    await orAbort(useEngine(engine, host), signal);
    // While this run starts: what killed ones left is no reason to wait, nor to fail.
    const swept = sweepEngine(docker, isDead).catch(() => []);
    undo(async () => void (await swept));
    const image = serviceImage('postgres', request.version);
    await ensureImage(docker, image, context);

    progress('waiting for the server to accept connections');
    let starting: Promise<unknown> = Promise.resolve();
    undo(async () => {
      // Twice: the engine may be making it at this moment, and makes it all the same.
      await removeContainer(docker, name);
      await starting.catch(() => {});
      await removeContainer(docker, name);
    });
    const labels = await labelsOf(run);
    const { version } = request;
    const container = startContainer({ image, version, name, labels, docker, host, signal });
    starting = container;
    const admin = await orAbort(container, signal);

    progress('applying the schema');
    let databases = 0;
    const lab = new LabServer({
      admin,
      address: { host: admin.host, port: admin.port },
      role: { user: 'app', password: randomBytes(18).toString('base64url') },
      schema: request.schema,
      nextName: () => (databases++ === 0 ? 'labs_template' : `lab_${databases - 1}`),
      strategy: 'file_copy',
    });
    undo(() => lab[Symbol.asyncDispose]());
    return lab.prepare(signal);
  }

  return undoable(about, async (context) => {
    try {
      return await start(context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof LabsError) throw error;
      throw environmentError(`Docker could not start Postgres: ${messageOf(error)}.`, {
        detail: `engine ${engine.version} at ${describeEndpoint(engine.endpoint)}`,
        hint: '“labs doctor” shows what labs finds; without Docker: labs grade --provider local.',
        cause: error,
      });
    }
  });
}
