import type Docker from 'dockerode';
import type { ContainerRuntimeClient } from 'testcontainers';
import { environmentError } from '../../core/errors.ts';
import { type AnsweringEngine, describeEndpoint } from './engine.ts';

export interface DockerClient {
  docker: Docker;
  /** Where published ports are reached: an address of the engine's machine, as we see it. */
  host: string;
}

const clients = new Map<string, Promise<DockerClient>>();

/**
 * Loads the libraries and connects them to just that engine, once: testcontainers looks for one by
 * itself, keeps it for the life of the process, and passes over a DOCKER_HOST that does not answer.
 * @throws {LabsError} `environment`: it found another engine, or none
 */
export function connect(engine: AnsweringEngine): Promise<DockerClient> {
  const { url } = engine.endpoint;
  const client = clients.get(url) ?? connectOnce(engine);
  clients.set(url, client);
  client.catch(() => clients.delete(url));
  return client;
}

async function connectOnce(engine: AnsweringEngine): Promise<DockerClient> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const found = await withEndpoint(engine, getContainerRuntimeClient).catch((error: unknown) => {
    throw environmentError(`The Docker engine at ${describeEndpoint(engine.endpoint)} went away.`, {
      hint: 'Start it again; “labs doctor” shows what labs finds.',
      cause: error,
    });
  });
  const { docker, address } = parts(found);
  const { protocol, pathname, hostname } = new URL(engine.endpoint.url);
  const wanted = protocol === 'unix:' ? pathname : hostname;
  if (address === wanted) return { docker, host: loopback(found) };
  throw environmentError(
    `labs means the Docker engine at ${wanted}, but testcontainers took the one at ${address}.`,
    { hint: 'Remove tc.host and docker.host from ~/.testcontainers.properties.' },
  );
}

/** testcontainers reads where to look from the environment of the process, and only from there. */
async function withEndpoint<T>(engine: AnsweringEngine, action: () => Promise<T>): Promise<T> {
  const { url, certificates } = engine.endpoint;
  const wanted = {
    DOCKER_HOST: url,
    DOCKER_TLS_VERIFY: certificates === undefined ? undefined : '1',
    DOCKER_CERT_PATH: certificates,
  };
  const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
  setVariables(Object.entries(wanted));
  try {
    return await action();
  } finally {
    setVariables(before);
  }
}

function setVariables(values: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of values) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** What testcontainers does not show of its client, which it shares with nobody. */
function parts({ container }: ContainerRuntimeClient): { docker: Docker; address: string } {
  const { dockerode } = container as unknown as { dockerode: Docker };
  const { socketPath, host } = dockerode.modem as { socketPath?: string; host?: string };
  return { docker: dockerode, address: socketPath ?? host ?? '' };
}

function loopback({ info }: ContainerRuntimeClient): string {
  const { host, hostIps } = info.containerRuntime;
  const addresses = hostIps.map(({ address }) => address);
  // `localhost` may be ::1 first, where engines publish nothing unless told.
  return addresses.find((address) => address.includes('.')) ?? addresses[0] ?? host;
}
