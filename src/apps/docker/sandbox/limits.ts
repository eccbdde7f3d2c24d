import type { LabManifest } from '../../../core/manifest.ts';

/** What a container of the sandbox may use. */
export interface Limits {
  memoryMiB: number;
  /** Of CPU time a second, in seconds. */
  cpus: number;
  /** Processes and threads. */
  pids: number;
  /** Size of /tmp, which counts as memory too. */
  tmpMiB: number;
  openFiles: number;
  /** Of the engine's log of its output. */
  logMiB: number;
}

const COMMON = { openFiles: 4_096, logMiB: 1 };

/** Installing and building takes more than running. */
export const STEP_LIMITS: Limits = {
  ...COMMON,
  memoryMiB: 2_048,
  cpus: 2,
  pids: 512,
  tmpMiB: 1_024,
};

/** Our own program beside the app. */
export const RELAY_LIMITS: Limits = { ...COMMON, memoryMiB: 512, cpus: 1, pids: 64, tmpMiB: 1 };

/** What the lab gives the app. */
export function appLimits({ memory, cpus, pids, tmp }: LabManifest['sandbox']): Limits {
  return { ...COMMON, memoryMiB: memory, cpus, pids, tmpMiB: tmp };
}
