import type { Verdict } from '../../core/check.ts';
import type { CheckResult, Report } from '../../core/report.ts';
import { repeatable } from '../repeatable.ts';
import { accountLines } from '../terminal/failure.ts';
import { BRIEF } from '../terminal/limits.ts';
import { createPage } from '../terminal/page.ts';
import { DETAIL_CHARS, safeLine, safeText } from './safe-text.ts';

/** One thing that a reader of results counts, all its text safe and unescaped. */
export interface Entry {
  /** Unique in the report. */
  id: string;
  title: string;
  /** Title of its stage. */
  stage: string;
  verdict: Verdict;
  /** What it is worth in this run: 0 where the run could not try it. */
  points: number;
  earned: number;
  /** False where this run could not try it: it counts neither way. */
  gradable: boolean;
  needs: readonly string[];
  /** Milliseconds since the run began; absent if it never did. */
  startedAt?: number;
  durationMs: number;
  /** On one line, why it did not pass; empty where it did. */
  reason: string;
  /** In lines, what a learner needs to go on; empty where there is no more to say. */
  detail: string;
  /** What was expected and what came, each on one line. Of a failed one. */
  expected?: string;
  actual?: string;
  hint?: string;
  /** Whose fault an errored one is. */
  errorKind?: 'environment' | 'bug';
}

/** No check has this id: theirs hold no dots. */
export const STARTUP = 'app.starts';

const PAGE = createPage({ width: 100, colors: false, unicode: true });

/**
 * The checks in the lab's order; before them the start of the app, worth nothing, where it failed:
 * all checks are skipped then, and readers that count failures would see none.
 *
 * @param detailChars UTF-16 units that may be said of each
 */
export function entriesOf(original: Report, detailChars = DETAIL_CHARS): Entry[] {
  const report = repeatable(original);
  const stages = new Map(report.stages.map(({ id, title }) => [id, title]));
  const entries = report.checks.map((check) => ({
    id: safeLine(check.id),
    title: safeLine(check.title) || safeLine(check.id),
    stage: safeLine(stages.get(check.stage) ?? 'Other'),
    verdict: check.verdict,
    points: check.gradable ? check.points : 0,
    earned: check.earned,
    gradable: check.gradable,
    needs: check.needs.map((id) => safeLine(id)),
    ...(check.startedAt !== undefined && { startedAt: check.startedAt }),
    durationMs: check.durationMs,
    ...saidOf(check, detailChars),
  }));
  return report.startup === undefined
    ? entries
    : [startupEntry(report.startup, detailChars), ...entries];
}

function startupEntry(failure: NonNullable<Report['startup']>, detailChars: number): Entry {
  return {
    id: STARTUP,
    title: 'The app starts',
    stage: 'Start',
    verdict: 'failed',
    points: 0,
    earned: 0,
    gradable: true,
    needs: [],
    durationMs: 0,
    ...failed(failure, undefined, detailChars),
  };
}

type Said = Pick<Entry, 'reason' | 'detail' | 'expected' | 'actual' | 'hint' | 'errorKind'>;

function saidOf(check: CheckResult, detailChars: number): Said {
  switch (check.verdict) {
    case 'passed':
      return { reason: '', detail: '' };
    case 'failed':
      return failed(check.failure ?? NOTHING_SAID, check, detailChars);
    case 'skipped':
      return { reason: safeLine(check.skipped ?? 'skipped'), detail: '' };
    case 'errored': {
      const { kind, message, detail = '' } = check.error ?? NO_ERROR;
      const reason = `Not your fault: this check could not be tried. ${safeLine(message)}`;
      return { reason, detail: safeText(detail, detailChars).trimEnd(), errorKind: kind };
    }
  }
}

function failed(
  failure: NonNullable<CheckResult['failure']>,
  check: CheckResult | undefined,
  detailChars: number,
): Said {
  const expected = safeLine(failure.expected);
  const actual = safeLine(failure.actual);
  // A terminal sets them in from a number in the margin.
  const lines = accountLines(failure, check, PAGE, BRIEF).map((line) => line.replace(/^ {3}/, ''));
  return {
    reason: `${safeLine(failure.action)}: expected ${expected}, got ${actual}`,
    detail: safeText(lines.join('\n'), detailChars),
    expected,
    actual,
    hint: safeLine(failure.hint ?? check?.hint ?? ''),
  };
}

const NOTHING_SAID = {
  action: 'what the check describes',
  expected: 'that it holds',
  actual: 'that it does not; the check recorded no more',
  evidence: [],
};

const NO_ERROR = { kind: 'bug', message: 'No reason was recorded.', detail: undefined } as const;
