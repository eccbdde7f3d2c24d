import type { ContainerRuntimeClient } from 'testcontainers';
import { environmentError } from '../../core/errors.ts';
import { type AnsweringEngine, describeEndpoint } from '../../docker/engine.ts';

const connected = new Map<string, Promise<void>>();

/**
 * Has testcontainers take just that engine, once: it looks for one by itself, keeps it for the life
 * of the process, and passes over a DOCKER_HOST that does not answer.
 * @param host where published ports are reached; else it would guess, with a container of its own
 * @throws {LabsError} `environment`: it found another engine, or none
 */
export function useEngine(engine: AnsweringEngine, host: string): Promise<void> {
  const { url } = engine.endpoint;
  const done = connected.get(url) ?? useOnce(engine, host);
  connected.set(url, done);
  done.catch(() => connected.delete(url));
  return done;
}

async function useOnce(engine: AnsweringEngine, host: string): Promise<void> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const found = await withEndpoint(engine, host, getContainerRuntimeClient).catch(
    (error: unknown) => {
      throw environmentError(
        `The Docker engine at ${describeEndpoint(engine.endpoint)} went away.`,
        { hint: 'Start it again; “labs doctor” shows what labs finds.', cause: error },
      );
    },
  );
  const address = addressOf(found);
  const { protocol, pathname, hostname } = new URL(engine.endpoint.url);
  const wanted = protocol === 'unix:' ? pathname : hostname;
  if (address === wanted) return;
  throw environmentError(
    `labs means the Docker engine at ${wanted}, but testcontainers took the one at ${address}.`,
    { hint: 'Remove tc.host and docker.host from ~/.testcontainers.properties.' },
  );
}

/** testcontainers reads where to look from the environment of the process, and only from there. */
async function withEndpoint<T>(
  engine: AnsweringEngine,
  host: string,
  action: () => Promise<T>,
): Promise<T> {
  const { url, certificates } = engine.endpoint;
  const wanted = {
    DOCKER_HOST: url,
    DOCKER_TLS_VERIFY: certificates === undefined ? undefined : '1',
    DOCKER_CERT_PATH: certificates,
    TESTCONTAINERS_HOST_OVERRIDE: host,
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

/** What testcontainers does not show of its client. */
function addressOf({ container }: ContainerRuntimeClient): string {
  const { dockerode } = container as unknown as {
    dockerode: { modem: { socketPath?: string; host?: string } };
  };
  return dockerode.modem.socketPath ?? dockerode.modem.host ?? '';
}
