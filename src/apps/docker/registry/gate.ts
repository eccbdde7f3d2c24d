import type { IncomingMessage } from 'node:http';
import { RequestError, Server } from 'proxy-chain';
import { environmentError, type LabsError } from '../../../core/errors.ts';
import { whyUnreachable } from '../../../platform/reachable.ts';
import { type Upstream, upstreamProxy } from './upstream.ts';

/** An HTTP proxy that leads to some hosts and to no other. */
export interface Gate {
  readonly host: string;
  readonly port: number;
  /** `host:port` of what it did not let through. */
  readonly refused: ReadonlySet<string>;
  /** Aborted when this machine does not reach a host that it leads to; the reason says why. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PORTS = [80, 443];

/**
 * @param hosts names, for the ports of HTTP and HTTPS; or `name:port`, for that port alone
 * @param env says whether this machine itself is behind a proxy
 * @throws {LabsError} `environment`: the proxy that it names is none
 */
export async function openGate(
  hosts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Gate> {
  const refused = new Set<string>();
  const lost = new AbortController();
  const reachable = new Map<string, Promise<string | undefined>>();
  const upstream = upstreamProxy(env);
  const server = new Server({
    host: HOST,
    port: 0,
    prepareRequestFunction: async ({ hostname, port }) => {
      const name = PORTS.includes(port) ? hostname : `${hostname}:${port}`;
      if (!hosts.includes(name)) {
        refused.add(`${hostname}:${port}`);
        throw new RequestError('Only the package registry can be reached from here.', 403);
      }
      const proxy = upstream?.isPassedBy({ hostname, port }) ? undefined : upstream;
      const next = proxy?.address ?? new URL(`tcp://${hostname}:${port}`);
      // Tried once: package managers ask again and again, for a minute, before they give up.
      const key = proxy?.shown ?? name;
      const asked = reachable.get(key) ?? whyUnreachable(next);
      reachable.set(key, asked);
      const why = await asked;
      if (why === undefined) return proxy ? { upstreamProxyUrl: proxy.url } : {};
      lost.abort(proxy ? proxyUnreachable(proxy, why) : unreachable(hostname, why));
      throw new RequestError('The package registry cannot be reached.', 504);
    },
  });
  // A request that fails is the business of the one who made it.
  server.on('requestFailed', () => {});
  server.on('tunnelConnectFailed', ({ response }: { response: IncomingMessage }) => {
    if (upstream) lost.abort(turnedAway(upstream, response.statusCode));
  });
  await server.listen();
  const close = () => server.close(true);
  return { host: HOST, port: server.port, refused, lost: lost.signal, close };
}

const OFFLINE = '`labs images pull` prepares a machine that will have no network.';

function unreachable(hostname: string, why: string): LabsError {
  return environmentError(`The package registry ${hostname} cannot be reached: ${why}.`, {
    hint: `Grade where there is a network; ${OFFLINE}`,
  });
}

function proxyUnreachable({ shown }: Upstream, why: string): LabsError {
  return environmentError(
    `The proxy ${shown}, behind which the package registry is, cannot be reached: ${why}.`,
    { hint: `See to HTTPS_PROXY and NO_PROXY; ${OFFLINE}` },
  );
}

function turnedAway({ shown }: Upstream, status: number | undefined): LabsError {
  return environmentError(
    `The proxy ${shown} does not lead to the package registry: it answers ${status} to CONNECT.`,
    { hint: `See to HTTPS_PROXY and NO_PROXY; ${OFFLINE}` },
  );
}
