import type { LogLine } from '../../core/log.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';

export interface ProcessRuntimeOptions {
  env: Readonly<Record<string, string | undefined>>;
  run: RunDirectory;
  now: () => number;
  onLog(line: LogLine): void;
}
