import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Endpoint } from './endpoints.ts';
import type { AnsweringEngine } from './engine.ts';

export type { default as Docker } from 'dockerode';

const clients = new Map<string, Promise<Docker>>();

/** Loads the library and makes a client of just that engine, once for each. */
export function connect({ endpoint }: AnsweringEngine): Promise<Docker> {
  const known = clients.get(endpoint.url);
  if (known !== undefined) return known;
  const client = clientOf(endpoint);
  clients.set(endpoint.url, client);
  return client;
}

async function clientOf(endpoint: Endpoint): Promise<Docker> {
  const { default: Dockerode } = await import('dockerode');
  const { protocol, pathname, hostname, port } = new URL(endpoint.url);
  if (protocol === 'unix:') return new Dockerode({ socketPath: pathname });
  const host = hostname.replace(/^\[|\]$/g, '');
  if (endpoint.certificates === undefined)
    return new Dockerode({ protocol: 'http', host, port: port || '2375' });
  const [ca, cert, key] = await Promise.all(
    ['ca', 'cert', 'key'].map((name) => readFile(path.join(endpoint.certificates!, `${name}.pem`))),
  );
  return new Dockerode({
    protocol: 'https',
    host,
    port: port || '2376',
    ca: String(ca),
    cert: String(cert),
    key: String(key),
  });
}
