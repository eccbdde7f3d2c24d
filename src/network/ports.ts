import { readFile } from 'node:fs/promises';

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

const LISTENING: PortRange = { from: 20_000, to: 32_000 };
// RFC 6335, section 6: the dynamic ports. macOS and Windows use them as they are.
const DYNAMIC: PortRange = { from: 49_152, to: 65_535 };

/**
 * A port to try listening on that the kernel does not hand to outgoing connections:
 * a proxy gives its port up for the length of a cut, and wants it back.
 *
 * @param random A number in [0, 1), as of `Math.random`.
 */
export function listeningPort(ephemeral: PortRange, random: () => number = Math.random): number {
  const below = Math.max(0, Math.min(LISTENING.to, ephemeral.from - 1) - LISTENING.from + 1);
  const aboveFrom = Math.max(LISTENING.from, ephemeral.to + 1);
  const above = Math.max(0, LISTENING.to - aboveFrom + 1);
  // Where all of it is ephemeral, there is no better port to be had.
  if (below + above === 0) return LISTENING.from + pick(LISTENING.to - LISTENING.from + 1, random);
  const nth = pick(below + above, random);
  return nth < below ? LISTENING.from + nth : aboveFrom + nth - below;
}

/** The ports that this machine hands to outgoing connections. */
export async function ephemeralPorts(): Promise<PortRange> {
  const text = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const [from, to] = text.trim().split(/\s+/).map(Number);
  return from && to ? { from, to } : DYNAMIC;
}

function pick(count: number, random: () => number): number {
  return Math.floor(random() * count);
}
