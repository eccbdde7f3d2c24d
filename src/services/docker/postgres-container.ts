import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { PostgresLogin } from '../port.ts';
import { waitForAnswer } from '../postgres/connection.ts';
import { SERVER_SETTINGS } from '../postgres/settings.ts';
import { answering } from './answering.ts';

const PORT = 5432;
const DATA_MOUNT = '/labs';
const MIB = 1024 ** 2;

export interface ContainerPlan {
  /** `postgres:17-alpine` */
  image: string;
  /** Major version of the server. */
  version: string;
  name: string;
  labels: Record<string, string>;
  docker: Docker;
  /** The address to publish on and to connect to. */
  host: string;
  signal: AbortSignal;
}

/**
 * Starts a container; the caller removes it by its name, however far this came.
 * @returns the superuser's login
 * @throws {LabsError} `environment`: the server ended by itself or does not answer
 */
export async function startContainer(plan: ContainerPlan): Promise<PostgresLogin> {
  const { GenericContainer } = await import('testcontainers');
  const { signal, host, docker } = plan;
  const password = randomBytes(24).toString('base64url');
  const login = (port: number): PostgresLogin => ({
    host,
    port,
    user: 'postgres',
    password,
    database: 'postgres',
  });

  class PostgresContainer extends GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      signal.throwIfAborted();
      Object.assign(this.hostConfig, {
        // testcontainers publishes on all interfaces: everybody on the network could connect.
        PortBindings: { [`${PORT}/tcp`]: [{ HostIp: host, HostPort: '0' }] },
        Memory: 1024 * MIB,
        MemorySwap: 1024 * MIB,
        PidsLimit: 1_024,
        LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '1' } },
      });
    }

    protected override async containerCreated(): Promise<void> {
      signal.throwIfAborted();
    }
  }

  const container = await new PostgresContainer(plan.image)
    .withName(plan.name)
    .withLabels(plan.labels)
    .withEnvironment({
      PGDATA: `${DATA_MOUNT}/data`,
      POSTGRES_PASSWORD: password,
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C.UTF-8 --no-sync --auth-host=scram-sha-256',
    })
    .withCommand(['postgres', ...flags()])
    .withTmpFs(mounts(plan.version))
    .withSharedMemorySize(128 * MIB)
    .withExposedPorts(PORT)
    // The reaper would listen on all interfaces, for anybody. The labels are for our own sweep.
    .withAutoCleanup(false)
    .withWaitStrategy(
      answering({
        ...{ service: 'Postgres', port: PORT, docker },
        ask: (port, options) => waitForAnswer(login(port), { ...options, signal }),
      }),
    )
    .start();
  return login(container.getMappedPort(PORT));
}

/**
 * Memory for the data, at a path of our own: on one that the image has, runc gives the mount the
 * mode of what it covers, and Postgres may not enter. The image's volume, since 18 one level up, is
 * covered too; it would else be made on the disk, for nothing.
 */
function mounts(version: string): Record<string, string> {
  const volume = Number(version) >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data';
  return { [DATA_MOUNT]: 'rw,size=768m,mode=1777', [volume]: 'rw,size=1m' };
}

function flags(): string[] {
  return Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
