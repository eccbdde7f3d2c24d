import { RequestError, Server } from 'proxy-chain';

/** An HTTP proxy that leads to some hosts and to no other. */
export interface Gate {
  readonly host: string;
  readonly port: number;
  /** `host:port` of what it did not let through. */
  readonly refused: ReadonlySet<string>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PORTS = [80, 443];

/**
 * @param hosts names, for the ports of HTTP and HTTPS; or `name:port`, for that port alone
 * @param env says whether this machine itself is behind a proxy
 */
export async function openGate(
  hosts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Gate> {
  const refused = new Set<string>();
  const upstream = env['HTTPS_PROXY'] ?? env['https_proxy'];
  const server = new Server({
    host: HOST,
    port: 0,
    prepareRequestFunction: ({ hostname, port }) => {
      const name = PORTS.includes(port) ? hostname : `${hostname}:${port}`;
      if (hosts.includes(name)) return upstream ? { upstreamProxyUrl: upstream } : {};
      refused.add(`${hostname}:${port}`);
      throw new RequestError('Only the package registry can be reached from here.', 403);
    },
  });
  // A request that fails is the business of the one who made it.
  server.on('requestFailed', () => {});
  await server.listen();
  return { host: HOST, port: server.port, refused, close: () => server.close(true) };
}
