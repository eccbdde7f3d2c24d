import type { CheckInfo, StageInfo } from './check.ts';
import type { LogLine } from './log.ts';
import type { CheckResult, Report } from './report.ts';

/** What a run tells those who listen, in the order in which it happens. */
export type RunEvent =
  | {
      type: 'run:started';
      lab: { id: string; title: string };
      submission: string;
      seed: string;
      stages: readonly StageInfo[];
      checks: readonly CheckInfo[];
    }
  | { type: 'note'; text: string }
  | { type: 'step:started'; id: string; title: string }
  /** What the step waits for, or how far it is. */
  | { type: 'step:progress'; id: string; text: string }
  | { type: 'step:finished'; id: string; title: string; durationMs: number; failed: boolean }
  | { type: 'check:started'; id: string }
  | { type: 'check:finished'; result: CheckResult }
  | { type: 'log'; line: LogLine }
  | { type: 'run:finished'; report: Report };

export type Emit = (event: RunEvent) => void;
