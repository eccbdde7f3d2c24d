import type Docker from 'dockerode';
import type { RedisLogin } from '../port.ts';
import { waitForRedis } from '../redis/connection.ts';
import { type ServerTraits, serverFlags, type Users } from '../redis/flags.ts';
import { answering } from './answering.ts';

const PORT = 6379;
const MIB = 1024 ** 2;

export interface RedisContainerPlan extends ServerTraits {
  /** `redis:8-alpine` */
  image: string;
  name: string;
  labels: Record<string, string>;
  docker: Docker;
  /** The address to publish on and to connect to. */
  host: string;
  users: Users;
  signal: AbortSignal;
}

/** What the container's first process does at a signal. */
export const KILL = 'SIGUSR1';
export const START = 'SIGUSR2';

/**
 * The container outlives its server: what is published keeps its port, and files in memory stay, which
 * both end with a container. `kill -9 -1` spares the first process alone. A signal may come just before
 * a `wait`, which then does not hear of it: nothing but the server is waited for longer than a second.
 */
const KEEPER = `
trap 'killed=1; start=; kill -9 -1' ${KILL.slice(3)}
trap 'start=1' ${START.slice(3)}
while :; do
  killed= start=
  docker-entrypoint.sh redis-server "$@" &
  server=$!
  while kill -0 $server 2>/dev/null; do wait $server; code=$?; done
  [ "$killed" ] || exit $code
  until [ "$start" ]; do sleep 1 & wait $!; done
done`;

/**
 * Starts a container; the caller removes it by its name, however far this came.
 * @returns the grader's login
 * @throws {LabsError} `environment`: the server ended by itself or does not answer
 */
export async function startRedisContainer(plan: RedisContainerPlan): Promise<RedisLogin> {
  const { GenericContainer } = await import('testcontainers');
  const { signal, host, docker, durable } = plan;
  const login = (port: number): RedisLogin => ({
    address: { host, port },
    ...plan.users.grader,
    number: 0,
  });
  // Of files in memory twice the data: one is rewritten into another.
  const [memory, files] = durable ? [512, 320] : [256, 16];

  class RedisContainer extends GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      signal.throwIfAborted();
      Object.assign(this.hostConfig, {
        // testcontainers publishes on all interfaces: everybody on the network could connect.
        PortBindings: { [`${PORT}/tcp`]: [{ HostIp: host, HostPort: '0' }] },
        Memory: memory * MIB,
        MemorySwap: memory * MIB,
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
    .withCommand([
      'sh',
      '-c',
      KEEPER,
      'sh',
      '--port',
      String(PORT),
      ...serverFlags(plan, plan.users),
    ])
    // Over the image's volume, which would else be made on the disk, for nothing.
    .withTmpFs({ '/data': `rw,size=${files}m,mode=1777` })
    .withExposedPorts(PORT)
    // The reaper would listen on all interfaces, for anybody. The labels are for our own sweep.
    .withAutoCleanup(false)
    .withWaitStrategy(
      answering({
        ...{ service: 'Redis', port: PORT, docker },
        ask: (port, options) => waitForRedis(login(port), { ...options, signal }),
      }),
    )
    .start();
  return login(container.getMappedPort(PORT));
}
