import type Docker from 'dockerode';
import type { Limits } from './limits.ts';

/** Not root, and no user that an image has: nothing in it belongs to it but the app. */
export const USER = { uid: 10_001, gid: 10_001 };

const MIB = 1024 ** 2;

export interface Profile {
  limits: Limits;
  /** `none`, or `container:<id>` for the network of another. */
  network: string;
  /** True for a step whose result is kept as an image. */
  writable?: boolean;
  /** That the image declares: memory like /tmp, or the engine would give disk without a bound. */
  volumes?: readonly string[];
}

/**
 * What every container with a stranger's program gets: no capabilities, no way to gain any, the
 * engine's own seccomp profile, a root that cannot be written, no device, no mount but memory, and a
 * bound on all that it can use up.
 */
export function hostConfig({
  limits,
  network,
  writable = false,
  volumes = [],
}: Profile): Docker.HostConfig {
  const memory = limits.memoryMiB * MIB;
  const tmpfs = `rw,nosuid,nodev,exec,size=${limits.tmpMiB}m,mode=1777`;
  return {
    NetworkMode: network,
    IpcMode: 'private',
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: !writable,
    Tmpfs: Object.fromEntries(['/tmp', ...volumes].map((directory) => [directory, tmpfs])),
    ShmSize: 16 * MIB,
    Memory: memory,
    // The same, memory and swap together: none is left to swap to.
    MemorySwap: memory,
    NanoCpus: Math.round(limits.cpus * 1e9),
    PidsLimit: limits.pids,
    Ulimits: [
      { Name: 'nofile', Soft: limits.openFiles, Hard: limits.openFiles },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    // It reaps orphans and passes signals on: the first process has no default actions for them.
    Init: true,
    OomScoreAdj: 500,
    RestartPolicy: { Name: 'no' },
    LogConfig: {
      Type: 'json-file',
      Config: { 'max-size': `${limits.logMiB}m`, 'max-file': '1' },
    },
  };
}
