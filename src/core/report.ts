import type { Reference, StageInfo, Verdict } from './check.ts';
import type { Failure } from './failure.ts';
import type { PackPart } from './lab.ts';
import type { LogLine } from './log.ts';
import type { Outcome, Score } from './score.ts';
import type { Timeline } from './timeline.ts';

export const REPORT_FORMAT = 'labs/report/v1';

/** Where the report goes as a page, in the current directory, unless told otherwise. */
export const HTML_REPORT = 'labs-report.html';

export interface CheckResult {
  id: string;
  title: string;
  stage: string;
  verdict: Verdict;
  points: number;
  earned: number;
  /** False where this run could not try the check, as with `--against`: it counts neither way. */
  gradable: boolean;
  needs: readonly string[];
  hint: string;
  reference: Reference;
  /** Milliseconds since the run began; absent if the check never started. */
  startedAt?: number;
  durationMs: number;
  /** Of a failed check. */
  failure?: Failure;
  /** Of a skipped check: why, in words. */
  skipped?: string;
  /** Of an errored check: whose fault, and what happened. */
  error?: { kind: 'environment' | 'bug'; message: string; detail?: string };
  /** Of a failed or errored check that sent or broke anything, unless its details are withheld. */
  timeline?: Timeline;
}

/** One step of the run, for the record of where time went. */
export interface StepTiming {
  id: string;
  title: string;
  startedAt: number;
  durationMs: number;
}

/** What makes two runs the same exam. */
export interface Fingerprint {
  labs: string;
  lab: string;
  /** SHA-256 over the lab's manifest, contract, schema and grader. */
  labDigest: string;
  /** What came from packs that were named with `--pack`; absent where none was. */
  packs?: readonly PackPart[];
  seed: string;
  node: string;
  platform: string;
  provider: string;
  runtime: string;
  /** Each service with the version that answered: `postgres: PostgreSQL 18.4`. */
  services: Record<string, string>;
}

/** The full record of a run; every other format is a view of it. */
export interface Report {
  format: typeof REPORT_FORMAT;
  lab: { id: string; title: string; passingScore: number };
  submission: { path: string } | { url: string };
  startedAt: string;
  durationMs: number;
  outcome: Outcome;
  score: Score;
  /** The app could not be installed, built or started: why. No check was tried then. */
  startup?: Failure;
  stages: readonly StageInfo[];
  checks: readonly CheckResult[];
  steps: readonly StepTiming[];
  notes: readonly string[];
  fingerprint: Fingerprint;
  /** The head and the tail of what the app wrote. */
  log: { lines: readonly LogLine[]; dropped: number };
}
