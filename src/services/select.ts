import { environmentError, usageError } from '../core/errors.ts';
import type { LabManifest } from '../core/manifest.ts';
import type { AnsweringEngine } from '../docker/engine.ts';
import type { Host } from '../platform/host.ts';
import type { IsDead } from '../platform/owner.ts';
import type { RunDirectory } from '../platform/run-directory.ts';
import { type FoundHere, findHere, type Lack, lacking } from './here.ts';
import { listed, NAMES, NAMING, type ServiceName } from './names.ts';
import type { ProviderKind, ServiceProvider } from './port.ts';

export interface SelectOptions {
  kind: 'auto' | ProviderKind;
  /** What the lab needs. */
  services: LabManifest['services'];
  /** What `--service` named, by service. */
  urls: Readonly<Record<string, string>>;
  host: Pick<Host, 'env' | 'platform' | 'arch' | 'isRoot' | 'directories'>;
  run: RunDirectory;
  isDead: IsDead;
}

export interface Selection {
  provider: ServiceProvider;
  /** For people: which it is, and what decided that. */
  why: string;
}

const NOTHING = 'This lab needs no services.';

/**
 * Picks where services run: where the user says, else in Docker if an engine answers, else on this
 * machine if all that the lab needs is there. Loads what it picks and nothing else.
 * @throws {LabsError} `usage`: the options contradict each other; `environment`: none will do
 */
export async function selectProvider(options: SelectOptions): Promise<Selection> {
  const { kind, urls, host, services } = options;
  const needs = (Object.keys(NAMES) as ServiceName[]).filter((each) => services[each]);
  const named = Object.keys(urls).length > 0;
  if (kind === 'external' || (kind === 'auto' && named)) return external(options, needs);
  if (named) {
    throw usageError(`--service names a server, but --provider ${kind} starts one.`, {
      hint: 'Leave one of the two out.',
    });
  }
  const orHere = async (reason: string, otherwise: (lacks: Lack[]) => Error) => {
    const found = await findHere(needs, host);
    const lacks = lacking(needs, found, host);
    if (lacks.length > 0) throw otherwise(lacks);
    return local(found, needs, reason, options);
  };
  if (kind === 'local') return orHere('as you chose', notByItself);

  const { ASKED_FOR_MS, findEngine } = await import('../docker/engine.ts');
  const engine = await findEngine(host.env, kind === 'docker' ? ASKED_FOR_MS : undefined);
  if (engine.answers) return docker(engine, needs, options);
  if (kind === 'docker') {
    throw environmentError(`No Docker engine answers: ${engine.reason}.`, {
      hint: 'Start Docker, or grade without it: --provider local. “labs doctor” shows more.',
    });
  }
  return orHere(`no Docker engine answers (${engine.reason})`, (lacks) =>
    nowhere(engine.reason, needs, lacks),
  );
}

/** Ours beside theirs would be three ways to run a lab with two services, and as many to explain. */
async function external(
  { urls, run, isDead }: SelectOptions,
  needs: readonly ServiceName[],
): Promise<Selection> {
  const unnamed = needs.filter((each) => urls[each] === undefined);
  if (unnamed.length > 0) {
    const given = Object.keys(urls) as ServiceName[];
    const too = given.some((each) => needs.includes(each)) ? ' too' : '';
    throw usageError(
      given.length > 0
        ? `--service names ${listed(given)}, and this lab needs ${listed(unnamed)}${too}.`
        : `--provider external needs to know where ${listed(unnamed)} ${unnamed.length > 1 ? 'are' : 'is'}.`,
      {
        hint: `Add ${unnamed.map((each) => NAMING[each]).join(' ')}; beside yours, none is started.`,
      },
    );
  }
  const { createExternalProvider } = await import('./external/provider.ts');
  const whose = await Promise.all(needs.map((each) => describeNamed(each, urls[each]!)));
  const provider = createExternalProvider({ urls, run, isDead });
  return { provider, why: whose.join(' ') || NOTHING };
}

async function describeNamed(service: ServiceName, url: string): Promise<string> {
  if (service === 'postgres') {
    const { parsePostgresUrl } = await import('./external/url.ts');
    return `Postgres is yours: ${parsePostgresUrl(url).shown}.`;
  }
  const { parseRedisUrl } = await import('./external/redis-url.ts');
  return (
    `Redis is yours: ${parseRedisUrl(url).shown}. Each app has an empty database there, and a user ` +
    'that can neither choose another nor flush or configure the server; but an app that heeds no ' +
    'number in its URL works in database 0.'
  );
}

async function docker(
  engine: AnsweringEngine,
  needs: readonly ServiceName[],
  { run, isDead }: SelectOptions,
): Promise<Selection> {
  const { createDockerProvider } = await import('./docker/provider.ts');
  const { describeEndpoint } = await import('../docker/engine.ts');
  const where = `in Docker: the engine ${engine.version} answers at ${describeEndpoint(engine.endpoint)}`;
  return {
    provider: createDockerProvider({ engine, run, isDead }),
    why: needs.length === 0 ? NOTHING : `${listed(needs)} ${runOrRuns(needs)} ${where}.`,
  };
}

async function local(
  found: FoundHere,
  needs: readonly ServiceName[],
  reason: string,
  { host, run }: SelectOptions,
): Promise<Selection> {
  const { createLocalProvider } = await import('./local/provider.ts');
  const { platform, directories, isRoot } = host;
  const provider = createLocalProvider({ ...found, platform, directories, run, isRoot });
  const from: Record<ServiceName, string> = {
    postgres: "npm's binaries",
    redis: found.redis?.file ?? '',
  };
  const each = needs.map((service, index) => {
    const verb = index === 0 ? ' runs' : '';
    return `${NAMES[service]}${verb} from ${from[service]}`;
  });
  const why = needs.length === 0 ? NOTHING : `${each.join(', ')} on this machine: ${reason}.`;
  return { provider, why };
}

function notByItself(lacks: readonly Lack[]): Error {
  const services = lacks.map(({ service }) => service);
  return environmentError(`${listed(services)} cannot run on this machine: ${reasons(lacks)}.`, {
    hint: '“labs doctor --fix” gets what is missing; or use Docker.',
  });
}

function nowhere(engine: string, needs: readonly ServiceName[], lacks: readonly Lack[]): Error {
  const services = lacks.map(({ service }) => service);
  const naming = needs.map((each) => NAMING[each]).join(' ');
  return environmentError(
    `There is nowhere to run ${listed(services)}: no Docker engine answers (${engine}), and ${reasons(lacks)}.`,
    { hint: `Run “labs doctor --fix”, or name servers of your own: ${naming}.` },
  );
}

function reasons(lacks: readonly Lack[]): string {
  return lacks.map(({ reason }) => reason).join(', and ');
}

function runOrRuns(needs: readonly ServiceName[]): string {
  return needs.length === 1 ? 'runs' : 'run';
}
