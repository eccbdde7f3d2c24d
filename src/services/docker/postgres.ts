import type { Resource } from '../../core/resource.ts';
import { type UndoableContext, undoable } from '../../core/undoable.ts';
import { removeContainer } from '../../docker/remove.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { PostgresRequest, PostgresServer } from '../port.ts';
import { LabServer } from '../postgres/lab-server.ts';
import { newRoles } from '../postgres/roles.ts';
import { serviceImage } from './images.ts';
import { startContainer } from './postgres-container.ts';
import { type DockerOptions, explained, readyEngine } from './ready.ts';

/** One container that nobody but this machine can connect to. */
export function dockerPostgres(
  options: DockerOptions,
  request: PostgresRequest,
  name: string,
): Resource<PostgresServer> {
  const about = { id: 'services.postgres', title: 'Start Postgres', teardownBudgetMs: 30_000 };

  async function start(context: UndoableContext): Promise<PostgresServer> {
    const { signal, undo, progress } = context;
    const image = serviceImage('postgres', request.version);
    const { docker, host, labels } = await readyEngine(options, image, context);

    progress('waiting for the server to accept connections');
    let starting: Promise<unknown> = Promise.resolve();
    undo(async () => {
      // Twice: the engine may be making it at this moment, and makes it all the same.
      await removeContainer(docker, name);
      await starting.catch(() => {});
      await removeContainer(docker, name);
    });
    const { version } = request;
    const container = startContainer({ image, version, name, labels, docker, host, signal });
    starting = container;
    const admin = await orAbort(container, signal);

    progress('applying the schema');
    let databases = 0;
    const lab = new LabServer({
      admin,
      address: { host: admin.host, port: admin.port },
      ...newRoles(),
      schema: request.schema,
      nextName: () => (databases++ === 0 ? 'labs_template' : `lab_${databases - 1}`),
      strategy: 'file_copy',
    });
    undo(() => lab[Symbol.asyncDispose]());
    return lab.prepare(signal);
  }

  return undoable(about, (context) =>
    explained('Postgres', options, context.signal, start(context)),
  );
}
