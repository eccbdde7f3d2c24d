import type { LogLine } from '../../core/log.ts';
import type { LabManifest } from '../../core/manifest.ts';
import type { AnsweringEngine } from '../../docker/engine.ts';
import type { IsDead } from '../../platform/owner.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';

export interface DockerRuntimeOptions {
  engine: AnsweringEngine;
  run: RunDirectory;
  isDead: IsDead;
  /** Of this machine: how it reaches package registries. */
  env: Readonly<Record<string, string | undefined>>;
  /** What the lab allows. */
  sandbox: LabManifest['sandbox'];
  now: () => number;
  onLog(line: LogLine): void;
}
