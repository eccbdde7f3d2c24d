import type { ServerAddress } from '../port.ts';
import { serverFlags, type Users } from '../redis/flags.ts';

const PORT = 6379;
const MIB = 1024 ** 2;
const READY_TIMEOUT_MS = 60_000;

export interface RedisContainerPlan {
  /** `redis:8-alpine` */
  image: string;
  /** `Redis 8`: what the server knows. */
  version: string;
  name: string;
  labels: Record<string, string>;
  /** The address to publish on and to connect to. */
  host: string;
  users: Users;
  signal: AbortSignal;
}

/** Starts a container; the caller removes it by its name, however far this came. */
export async function startRedisContainer(plan: RedisContainerPlan): Promise<ServerAddress> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const { signal, host } = plan;

  class RedisContainer extends GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      signal.throwIfAborted();
      Object.assign(this.hostConfig, {
        // testcontainers publishes on all interfaces: everybody on the network could connect.
        PortBindings: { [`${PORT}/tcp`]: [{ HostIp: host, HostPort: '0' }] },
        Memory: 256 * MIB,
        MemorySwap: 256 * MIB,
        PidsLimit: 128,
        LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '1' } },
      });
    }

    protected override async containerCreated(): Promise<void> {
      signal.throwIfAborted();
    }
  }

  const container = await new RedisContainer(plan.image)
    .withName(plan.name)
    .withLabels(plan.labels)
    .withCommand(['redis-server', '--port', String(PORT), ...serverFlags(plan.version, plan.users)])
    // Over the image's volume, which would else be made on the disk, for nothing.
    .withTmpFs({ '/data': 'rw,size=16m,mode=1777' })
    .withExposedPorts(PORT)
    // The reaper would listen on all interfaces, for anybody. The labels are for our own sweep.
    .withAutoCleanup(false)
    // A third faster than trying the port.
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/i))
    .withStartupTimeout(READY_TIMEOUT_MS)
    .start();
  return { host, port: container.getMappedPort(PORT) };
}
