import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import type { Endpoint } from './endpoints.ts';

const LOOPBACK = '127.0.0.1';

/**
 * The address to publish ports on, at which we then reach them and, where that can be had, nobody
 * else does: loopback, but for an engine on another machine or one that we see from inside one of
 * its containers through its socket.
 */
export async function publishedHost(docker: Docker, { url }: Endpoint): Promise<string> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'unix:') return hostname === 'localhost' ? LOOPBACK : hostname;
  if (!isInContainer()) return LOOPBACK;
  const gateway = await bridgeGateway(docker);
  // The mark of a container alone proves nothing: machines made from an image keep it.
  return gateway === undefined || (await isOurs(gateway)) ? LOOPBACK : gateway;
}

function isInContainer(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}

/** An engine says so only from its second start on. */
async function bridgeGateway(docker: Docker): Promise<string | undefined> {
  const bridge = await docker
    .getNetwork('bridge')
    .inspect()
    .catch(() => undefined);
  return bridge?.IPAM?.Config?.find(({ Gateway }) => Gateway)?.Gateway;
}

/** Node.js lists no interface without a carrier, which a bridge without containers is. */
async function isOurs(address: string): Promise<boolean> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind({ address, port: 0, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
