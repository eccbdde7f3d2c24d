import type { Resource } from '../../core/resource.ts';
import { undoable } from '../../core/undoable.ts';
import type { Docker } from '../../docker/client.ts';
import { removeContainer } from '../../docker/remove.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { RedisDatabase, RedisRequest, RedisServer } from '../port.ts';
import { versionOf, withRedis } from '../redis/connection.ts';
import { newUsers } from '../redis/flags.ts';
import { serviceImage } from './images.ts';
import { type DockerOptions, explained, type ReadyEngine, readyEngine } from './ready.ts';
import { startRedisContainer } from './redis-container.ts';
import { containedRedis } from './redis-control.ts';

/** A container for each database: no world can harm another, and each can be stopped by itself. */
export function dockerRedis(
  options: DockerOptions,
  request: RedisRequest,
  nextName: () => string,
): Resource<RedisServer> {
  const about = { id: 'services.redis', title: 'Start Redis', teardownBudgetMs: 30_000 };
  return undoable(about, (context) => {
    const { signal, undo, progress } = context;
    const start = async (): Promise<RedisServer> => {
      const image = serviceImage('redis', request.version);
      const ready = await readyEngine(options, image, context);
      const removals: (() => Promise<void>)[] = [];
      const over = new AbortController();
      undo(async () => {
        over.abort(new Error('Redis was undone'));
        await Promise.all(removals.map((remove) => remove()));
      });
      const startOne = (onOver: AbortSignal) => {
        const name = nextName();
        const container = startDatabase(name, image, request, ready, onOver);
        // What this gives is given to whoever asked for it; a removal waits for no more than its end.
        const settled = container.then(
          () => {},
          () => {},
        );
        const remove = () => removed(ready.docker, name, settled);
        removals.push(remove);
        return container.then((database) => ({
          ...database,
          // Nobody waits for the engine, which takes its time, until all of them are to be gone.
          drop: async () => void remove().catch(() => {}),
        }));
      };
      progress('waiting for the server to accept connections');
      const first: RedisDatabase[] = [
        await orAbort(startOne(AbortSignal.any([signal, over.signal])), signal),
      ];
      const version = await orAbort(withRedis(first[0]!.admin, versionOf), signal);
      return {
        version,
        createDatabase: async () =>
          first.shift() ?? explained('Redis', options, over.signal, startOne(over.signal)),
      };
    };
    return explained('Redis', options, signal, start());
  });
}

async function startDatabase(
  name: string,
  image: string,
  { version, durable }: RedisRequest,
  { docker, host, labels }: ReadyEngine,
  signal: AbortSignal,
): Promise<Omit<RedisDatabase, 'drop'>> {
  signal.throwIfAborted();
  const users = newUsers();
  const known = `Redis ${version.includes('.') ? version : `${version}.0`}`;
  const admin = await startRedisContainer({
    ...{ image, version: known, durable, name, labels, docker, host, users, signal },
  });
  const server = containedRedis(docker.getContainer(name), admin, signal);
  return { address: admin.address, number: 0, role: users.app, admin, server };
}

/** Twice: the engine may be making it at this moment, and makes it all the same. */
async function removed(docker: Docker, name: string, started: Promise<void>): Promise<void> {
  await removeContainer(docker, name);
  await started;
  await removeContainer(docker, name);
}
