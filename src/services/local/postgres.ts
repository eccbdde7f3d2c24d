import { chmod, chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { environmentError, messageOf } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import { type UndoableContext, undoable } from '../../core/undoable.ts';
import { inCache } from '../../platform/cache.ts';
import type { Directories } from '../../platform/host.ts';
import { type RunDirectory, removeTree } from '../../platform/run-directory.ts';
import { releaseSharedMemory } from '../../platform/shared-memory.ts';
import type { PostgresLogin, PostgresRequest, PostgresServer } from '../port.ts';
import { waitForAnswer } from '../postgres/connection.ts';
import { LabServer } from '../postgres/lab-server.ts';
import { newRoles } from '../postgres/roles.ts';
import { SERVER_SETTINGS } from '../postgres/settings.ts';
import { chooseAddress, type Listening } from './address.ts';
import { copyTree, secret } from './copy-tree.ts';
import { SUPERUSER } from './initdb.ts';
import { install } from './installation.ts';
import type { PostgresPackage } from './package.ts';
import { type PreparedData, prepareData } from './prepared-data.ts';
import { ServerProcess } from './server-process.ts';
import { findServerUser, makeReachable, type ServerUser } from './server-user.ts';

const READY_TIMEOUT_MS = 30_000;

export interface LocalPostgresOptions {
  package: PostgresPackage;
  platform: NodeJS.Platform;
  directories: Pick<Directories, 'cache'>;
  run: RunDirectory;
  isRoot: boolean;
}

/** One server, from binaries that npm brought; `directory` is its own. */
export function localPostgres(
  options: LocalPostgresOptions,
  request: PostgresRequest,
  directory: string,
): Resource<PostgresServer> {
  const about = { id: 'services.postgres', title: 'Start Postgres', teardownBudgetMs: 15_000 };
  return undoable(about, async (context) => {
    const { signal, undo } = context;
    const user = await findServerUser(options.isRoot);
    const { postgres, data } = await prepare(options, user, context);
    undo(async () => {
      await releaseSharedMemory(directory);
      await removeTree(directory);
    });
    const listening = await layOut(directory, data, { ...options, user, signal });

    context.progress('waiting for the server to accept connections');
    signal.throwIfAborted();
    const server = new ServerProcess({
      postgres,
      data: path.join(directory, 'data'),
      settings: { ...SERVER_SETTINGS, ...listening.settings },
      user,
      marker: options.run.marker,
    });
    undo(() => server.stop());
    const admin = adminLogin(listening, data);
    await waitForAnswer(admin, { signal, timeoutMs: READY_TIMEOUT_MS, ended: server.ended });

    context.progress('applying the schema');
    let databases = 0;
    const lab = new LabServer({
      admin,
      address: listening.address,
      ...newRoles(),
      schema: request.schema,
      nextName: () => (databases++ === 0 ? 'labs_template' : `lab_${databases - 1}`),
      strategy: 'file_copy',
    });
    undo(() => lab[Symbol.asyncDispose]());
    return lab.prepare(signal);
  });
}

/** What all runs share: the binaries, and a data directory to copy. */
async function prepare(
  { package: found, directories, run }: LocalPostgresOptions,
  user: ServerUser | undefined,
  { signal, progress }: UndoableContext,
): Promise<{ postgres: string; data: PreparedData }> {
  const cache = inCache(directories.cache, 'postgres');
  await mkdir(cache, { recursive: true, mode: 0o755 });
  await makeReachable(cache, [directories.cache], user);
  await makeReachable(run.path, [path.dirname(run.path)], user);
  progress('preparing its binaries and an empty data directory');
  const installation = await install(found, cache, signal);
  const name = `${found.version}-${found.platform}`;
  const data = await prepareData(installation, {
    cache,
    name,
    user,
    marker: run.marker,
    signal,
  });
  return { postgres: installation.postgres, data };
}

/** The run's own directory: the data, and the socket where nobody else can connect to it. */
async function layOut(
  directory: string,
  data: PreparedData,
  {
    platform,
    user,
    signal,
  }: Pick<LocalPostgresOptions, 'platform'> & { user: ServerUser | undefined; signal: AbortSignal },
): Promise<Listening> {
  try {
    await mkdir(directory);
    await chmod(directory, 0o700);
    if (user !== undefined) await chown(directory, user.uid, user.gid);
    const target = path.join(directory, 'data');
    await copyTree(data.directory, target, { signal, owner: user, mode: secret });
  } catch (error) {
    signal.throwIfAborted();
    throw environmentError(`Postgres' data do not fit into ${directory}: ${messageOf(error)}.`, {
      hint: 'Make room there, or name another directory in LABS_RUNS_DIR.',
      cause: error,
    });
  }
  return chooseAddress(directory, platform);
}

function adminLogin({ host, port }: Listening, { password }: PreparedData): PostgresLogin {
  return { host, port, user: SUPERUSER, password, database: 'postgres' };
}
