import type { Runtime } from '../apps/port.ts';
import type { Emit } from '../core/event.ts';
import type { Lab } from '../core/lab.ts';
import type { Submission } from '../core/submission.ts';
import type { Grader } from '../kit/grader.ts';
import type { ServiceProvider } from '../services/port.ts';

/** All that a run needs, chosen and validated. */
export interface GradeRequest {
  lab: Lab<Grader>;
  target: Target;
  seed: string;
  /** Ids of the checks to try, with those that they need; all where it is absent. */
  only?: readonly string[];
  /** How many own worlds may be at work at once. */
  worlds: number;
  /** Said to those who listen, and kept in the report: why this provider. */
  notes: readonly string[];
  version: string;
}

/** What is graded: a submission that we start, or a server that runs already. */
export type Target =
  | { kind: 'submission'; submission: Submission; provider: ServiceProvider; runtime: Runtime }
  | { kind: 'url'; url: string };

export interface GradeContext {
  emit: Emit;
  signal: AbortSignal;
  /** Milliseconds since the run began. */
  now: () => number;
}
