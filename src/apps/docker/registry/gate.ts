import { RequestError, Server } from 'proxy-chain';
import { environmentError, type LabsError } from '../../../core/errors.ts';
import { whyUnreachable } from '../../../platform/reachable.ts';

/** An HTTP proxy that leads to some hosts and to no other. */
export interface Gate {
  readonly host: string;
  readonly port: number;
  /** `host:port` of what it did not let through. */
  readonly refused: ReadonlySet<string>;
  /** Aborted when a host that it leads to cannot be reached from this machine; the reason says why. */
  readonly lost: AbortSignal;
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
  const lost = new AbortController();
  const reachable = new Map<string, Promise<string | undefined>>();
  const upstream = env['HTTPS_PROXY'] ?? env['https_proxy'];
  const server = new Server({
    host: HOST,
    port: 0,
    prepareRequestFunction: async ({ hostname, port }) => {
      const name = PORTS.includes(port) ? hostname : `${hostname}:${port}`;
      if (!hosts.includes(name)) {
        refused.add(`${hostname}:${port}`);
        throw new RequestError('Only the package registry can be reached from here.', 403);
      }
      if (upstream) return { upstreamProxyUrl: upstream };
      // Tried once: package managers ask again and again, for a minute, before they give up.
      const asked = reachable.get(name) ?? whyUnreachable(new URL(`tcp://${hostname}:${port}`));
      reachable.set(name, asked);
      const why = await asked;
      if (why === undefined) return {};
      lost.abort(unreachable(hostname, why));
      throw new RequestError('The package registry cannot be reached.', 504);
    },
  });
  // A request that fails is the business of the one who made it.
  server.on('requestFailed', () => {});
  await server.listen();
  const close = () => server.close(true);
  return { host: HOST, port: server.port, refused, lost: lost.signal, close };
}

function unreachable(hostname: string, why: string): LabsError {
  return environmentError(`The package registry ${hostname} cannot be reached: ${why}.`, {
    hint: 'Grade where there is a network; `labs images pull` prepares a machine that will have none.',
  });
}
