import { environmentError } from '../../../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Target {
  hostname: string;
  port: number;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'socks:': '1080',
  'socks4:': '1080',
  'socks4a:': '1080',
  'socks5:': '1080',
  'socks5h:': '1080',
};

/** The proxy behind which this machine is. */
export interface Upstream {
  /** With its credentials. */
  url: string;
  /** Where it listens. */
  address: URL;
  /** For people: without its credentials. */
  shown: string;
  /** Whether NO_PROXY names a host, so that this machine goes there itself. */
  isPassedBy(target: Target): boolean;
}

/**
 * What HTTPS_PROXY and NO_PROXY say, in either case; undefined where there is no proxy.
 * @throws {LabsError} `environment`: HTTPS_PROXY leads nowhere
 */
export function upstreamProxy(env: Environment): Upstream | undefined {
  const text = env['HTTPS_PROXY'] ?? env['https_proxy'];
  if (!text) return undefined;
  // curl and others take `proxy:3128` too.
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  const port = url && (url.port || DEFAULT_PORTS[url.protocol]);
  if (!url?.hostname || !port)
    throw environmentError('HTTPS_PROXY names no proxy.', {
      hint: 'Expected http://proxy:3128, or the same with https or socks5.',
    });
  const passedBy = env['NO_PROXY'] ?? env['no_proxy'] ?? '';
  return {
    url: url.href,
    address: new URL(`tcp://${url.hostname}:${port}`),
    shown: `${url.protocol}//${url.host}`,
    isPassedBy: (target) => passedBy.split(/[\s,]+/).some((entry) => matches(entry, target)),
  };
}

/** `*`, `corp`, `.corp` and `*.corp`, each perhaps with a port; addresses as they are. */
function matches(entry: string, { hostname, port }: Target): boolean {
  // An IPv6 address has a port only where it stands in brackets.
  const [, inBrackets, bare, only] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  const pattern = (inBrackets ?? bare ?? entry).toLowerCase();
  if (pattern === '*') return true;
  const name = pattern.replace(/^\*?\./, '');
  const host = hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}
