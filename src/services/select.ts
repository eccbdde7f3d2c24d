import { environmentError, usageError } from '../core/errors.ts';
import type { AnsweringEngine } from '../docker/engine.ts';
import type { Host } from '../platform/host.ts';
import type { IsDead } from '../platform/owner.ts';
import type { RunDirectory } from '../platform/run-directory.ts';
import type { PostgresPackage } from './local/package.ts';
import type { ProviderKind, ServiceProvider } from './port.ts';

export interface SelectOptions {
  kind: 'auto' | ProviderKind;
  /** What `--service` named, by service. */
  urls: Readonly<Record<string, string>>;
  host: Pick<Host, 'env' | 'platform' | 'arch' | 'isRoot' | 'directories'>;
  run: RunDirectory;
  isDead: IsDead;
}

export interface Selection {
  provider: ServiceProvider;
  /** A sentence for people: which it is, and what decided that. */
  why: string;
}

/**
 * Picks where services run: where the user says, else in Docker if an engine answers, else on this
 * machine. Loads what it picks and nothing else.
 * @throws {LabsError} `usage`: the options contradict each other; `environment`: none will do
 */
export async function selectProvider(options: SelectOptions): Promise<Selection> {
  const { kind, urls } = options;
  const named = Object.keys(urls).length > 0;
  if (kind === 'external' || (kind === 'auto' && named)) return external(options);
  if (named) {
    throw usageError(`--service names a server, but --provider ${kind} starts one.`, {
      hint: 'Leave one of the two out.',
    });
  }
  if (kind === 'local') return local(await demandPackage(options), 'as you chose', options);

  const { findEngine } = await import('../docker/engine.ts');
  const engine = await findEngine(options.host.env);
  if (engine.answers) return docker(engine, options);
  if (kind === 'docker') {
    throw environmentError(`No Docker engine answers: ${engine.reason}.`, {
      hint: 'Start Docker, or grade without it: --provider local. “labs doctor” shows more.',
    });
  }
  const found = await findPostgres(options);
  if (found !== undefined)
    return local(found, `no Docker engine answers (${engine.reason})`, options);
  throw environmentError(
    `There is nowhere to run Postgres: no Docker engine answers (${engine.reason}), and ${noPackage(options)}.`,
    {
      hint: 'Run “labs doctor”, or name a server: --service postgres=postgres://user:password@host:port/database.',
    },
  );
}

async function external({ urls, run, isDead }: SelectOptions): Promise<Selection> {
  if (urls['postgres'] === undefined) {
    throw usageError('--provider external needs to know where the servers are.', {
      hint: 'Add --service postgres=postgres://user:password@host:port/database.',
    });
  }
  const { parsePostgresUrl } = await import('./external/url.ts');
  const { shown } = parsePostgresUrl(urls['postgres']);
  const { createExternalProvider } = await import('./external/provider.ts');
  return {
    provider: createExternalProvider({ urls, run, isDead }),
    why: `Postgres is yours: ${shown}.`,
  };
}

async function docker(engine: AnsweringEngine, { run, isDead }: SelectOptions): Promise<Selection> {
  const { createDockerProvider } = await import('./docker/provider.ts');
  const { describeEndpoint } = await import('../docker/engine.ts');
  const where = describeEndpoint(engine.endpoint);
  return {
    provider: createDockerProvider({ engine, run, isDead }),
    why: `Postgres runs in Docker: the engine ${engine.version} answers at ${where}.`,
  };
}

async function local(
  found: PostgresPackage,
  reason: string,
  options: SelectOptions,
): Promise<Selection> {
  const { createLocalProvider } = await import('./local/provider.ts');
  const { host, run } = options;
  const { platform, directories, isRoot } = host;
  const provider = createLocalProvider({ package: found, platform, directories, run, isRoot });
  return { provider, why: `Postgres runs from npm's binaries on this machine: ${reason}.` };
}

async function demandPackage(options: SelectOptions): Promise<PostgresPackage> {
  const found = await findPostgres(options);
  if (found !== undefined) return found;
  throw environmentError(`Postgres cannot run on this machine by itself: ${noPackage(options)}.`, {
    hint: 'Install labs with its optional dependencies, or use Docker. “labs doctor” shows more.',
  });
}

async function findPostgres({ host }: SelectOptions): Promise<PostgresPackage | undefined> {
  const { findPackage } = await import('./local/package.ts');
  return findPackage(host.platform, host.arch);
}

function noPackage({ host }: SelectOptions): string {
  return `npm installed no Postgres for ${host.platform}-${host.arch}`;
}
