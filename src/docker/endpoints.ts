import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where an engine may listen, and who says so. */
export interface Endpoint {
  /** As in DOCKER_HOST: `unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375`. */
  url: string;
  /** What named it: `DOCKER_HOST`, `Docker context “colima”`; undefined for the usual places. */
  namedBy?: string;
  /** Directory with ca.pem, cert.pem and key.pem, where it speaks TLS. */
  certificates?: string;
}

/**
 * The places to look for an engine, best first. One that the user named is the only one, as it is
 * for the docker command: DOCKER_HOST, then DOCKER_CONTEXT, then the current context.
 * @throws {Error} a context is named that is not there
 */
export async function findEndpoints(env: Environment): Promise<Endpoint[]> {
  const home = env['HOME'] ?? '/';
  const config = env['DOCKER_CONFIG'] || path.join(home, '.docker');
  const host = env['DOCKER_HOST'];
  if (host) {
    const tls = Boolean(env['DOCKER_TLS_VERIFY']);
    const certificates = env['DOCKER_CERT_PATH'] || config;
    return [{ url: host, namedBy: 'DOCKER_HOST', ...(tls && { certificates }) }];
  }
  const context = env['DOCKER_CONTEXT'] || (await currentContext(config));
  if (context !== undefined && context !== 'default') return [await readContext(config, context)];
  const sockets = await Promise.all(usualSockets(env, home).map(existing));
  return [...new Set(sockets.filter((socket) => socket !== undefined))].map((socket) => ({
    url: `unix://${socket}`,
  }));
}

function usualSockets(env: Environment, home: string): string[] {
  const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${process.getuid?.() ?? 0}`;
  return [
    '/var/run/docker.sock',
    path.join(runtime, 'docker.sock'),
    path.join(home, '.docker/run/docker.sock'),
    path.join(home, '.docker/desktop/docker.sock'),
    path.join(home, '.colima/default/docker.sock'),
    path.join(home, '.orbstack/run/docker.sock'),
    path.join(home, '.rd/docker.sock'),
    path.join(runtime, 'podman/podman.sock'),
    '/run/podman/podman.sock',
    path.join(home, '.local/share/containers/podman/machine/podman.sock'),
  ];
}

async function existing(socket: string): Promise<string | undefined> {
  const found = await stat(socket).catch(() => undefined);
  return found?.isSocket() ? socket : undefined;
}

async function currentContext(config: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(config, 'config.json'), 'utf8');
    return (JSON.parse(text) as { currentContext?: string }).currentContext || undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new Error(`${path.join(config, 'config.json')} cannot be read`, { cause: error });
  }
}

interface ContextFile {
  Endpoints?: { docker?: { Host?: string } };
}

/** Contexts lie in directories named for the SHA-256 of their names. */
async function readContext(config: string, name: string): Promise<Endpoint> {
  const id = createHash('sha256').update(name).digest('hex');
  const namedBy = `Docker context “${name}”`;
  const text = await readFile(path.join(config, 'contexts/meta', id, 'meta.json'), 'utf8').catch(
    (error: unknown) => {
      throw new Error(`${namedBy} is chosen, but there is none of that name`, { cause: error });
    },
  );
  const url = (JSON.parse(text) as ContextFile).Endpoints?.docker?.Host;
  if (!url) throw new Error(`${namedBy} names no engine`);
  const certificates = path.join(config, 'contexts/tls', id, 'docker');
  const tls = await stat(certificates).catch(() => undefined);
  return { url, namedBy, ...(tls !== undefined && { certificates }) };
}
