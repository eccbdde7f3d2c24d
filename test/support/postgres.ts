import { afterAll, beforeAll } from 'vitest';
import { claimDirectory, findDirectories } from '../../src/platform/directories.ts';
import { findMarkedProcesses } from '../../src/platform/process-table.ts';
import {
  createRunDirectory,
  RUN_VARIABLE,
  type RunDirectory,
} from '../../src/platform/run-directory.ts';
import { findPackage } from '../../src/services/local/package.ts';
import { createLocalProvider } from '../../src/services/local/provider.ts';
import type { PostgresDatabase, PostgresServer, ServiceProvider } from '../../src/services/port.ts';

export interface TestPostgres extends AsyncDisposable {
  server: PostgresServer;
  run: RunDirectory;
}

/** A real server with a lab's schema, through the local provider. */
export async function startTestPostgres(schema = ''): Promise<TestPostgres> {
  const { runs } = findDirectories(process.env, process.platform);
  const run = await createRunDirectory(claimDirectory(runs));
  const resource = (await testProvider(run)).postgres({ version: '17', schema });
  const end = async () => {
    await resource.teardown();
    await run.remove();
  };
  try {
    const signal = AbortSignal.timeout(60_000);
    const server = await resource.setup({ signal, progress: () => {} });
    return { server, run, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** As above, once for all tests of a file. */
export function usePostgres(schema = ''): {
  readonly server: PostgresServer;
  createDatabase(): Promise<PostgresDatabase>;
} {
  let started: TestPostgres | undefined;
  beforeAll(async () => {
    started = await startTestPostgres(schema);
  });
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  });
  const server = () => {
    if (started === undefined) throw new Error('Postgres runs only while tests do');
    return started.server;
  };
  return {
    get server() {
      return server();
    },
    createDatabase: () => server().createDatabase(),
  };
}

export async function testProvider(
  run: RunDirectory,
  cache = findDirectories(process.env, process.platform).cache,
): Promise<ServiceProvider> {
  const found = await findPackage(process.platform, process.arch);
  if (found === undefined) throw new Error('npm installed no Postgres for this platform');
  return createLocalProvider({
    package: found,
    platform: process.platform,
    directories: { cache },
    run,
    isRoot: process.getuid?.() === 0,
  });
}

/** Pids of what a run started and did not end. */
export async function leftovers(run: RunDirectory): Promise<number[]> {
  return findMarkedProcesses(RUN_VARIABLE, run.id);
}
