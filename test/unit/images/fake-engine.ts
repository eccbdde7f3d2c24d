import { once } from 'node:events';
import { createServer } from 'node:http';

export interface FakeImage {
  Id: string;
  RepoTags: string[] | null;
  Created: number;
  Labels: Record<string, string>;
}

export interface FakeEngine extends AsyncDisposable {
  /** As in DOCKER_HOST. */
  url: string;
  images: FakeImage[];
}

/** What answers as an engine that has images and nothing else, and takes names from them. */
export async function fakeEngine(images: FakeImage[]): Promise<FakeEngine> {
  const engine = { images };
  const answers: Record<string, () => unknown> = {
    '/version': () => ({ Version: '20.10.24', ApiVersion: '1.41' }),
    '/containers/json': () => [],
    '/networks': () => [],
    '/volumes': () => ({ Volumes: null }),
  };
  const server = createServer(({ url = '', method }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://engine');
    const [, name] = /^\/images\/(.+)$/.exec(decodeURIComponent(pathname)) ?? [];
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (method === 'DELETE' && name !== undefined) {
      const found = engine.images.find(({ Id, RepoTags }) =>
        [Id, ...(RepoTags ?? [])].includes(name),
      );
      if (found === undefined) return reply(404, { message: 'no such image' });
      found.RepoTags = found.RepoTags?.filter((tag) => tag !== name) ?? null;
      if (found.Id === name || !found.RepoTags?.length)
        engine.images = engine.images.filter((image) => image !== found);
      return reply(200, []);
    }
    if (pathname === '/images/json') {
      const { label = [] } = JSON.parse(searchParams.get('filters') ?? '{}') as {
        label?: string[];
      };
      const has = ({ Labels }: FakeImage) =>
        label.every((one) => Object.entries(Labels).some((entry) => entry.join('=') === one));
      return reply(200, engine.images.filter(has));
    }
    const answer = answers[pathname];
    return answer === undefined ? reply(404, { message: pathname }) : reply(200, answer());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(engine, {
    url: `tcp://127.0.0.1:${(server.address() as { port: number }).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
