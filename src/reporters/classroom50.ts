import { usageError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { entriesOf } from './parts/entries.ts';
import { jsonText } from './parts/json-text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whose submission is graded, as Classroom 50's runner says in the environment. */
export interface Classroom50Submission {
  classroom: string;
  assignment: string;
  assignmentType: 'individual' | 'group';
  owner: string;
  submission: string;
  commit: string;
  release: string;
  review: string;
}

/** @throws {LabsError} usage: a variable is missing, or is not what the runner sets */
export function classroom50Submission(env: Environment): Classroom50Submission {
  const missing = VARIABLES.filter((name) => !env[name]);
  if (missing.length > 0)
    throw usageError(`--reporter classroom50: ${missing.join(', ')} must be set.`, {
      hint: 'Run it from an autograder.py: the runner of Classroom 50 sets them.',
    });
  const of = (name: (typeof VARIABLES)[number]) => env[name]!;
  if (!of('SUBMISSION_TAG').startsWith('submit/'))
    throw usageError(
      `--reporter classroom50: SUBMISSION_TAG is ${JSON.stringify(env['SUBMISSION_TAG'])}, and must begin with "submit/".`,
    );
  return {
    classroom: of('CLASSROOM'),
    assignment: of('ASSIGNMENT'),
    assignmentType: env['ASSIGNMENT_TYPE'] === 'group' ? 'group' : 'individual',
    owner: of('OWNER'),
    submission: of('SUBMISSION_TAG'),
    commit: of('COMMIT_URL'),
    release: of('RELEASE_URL'),
    // Where there is nothing to compare, the runner itself shows the commit.
    review: env['REVIEW_URL'] || of('COMMIT_URL'),
  };
}

const VARIABLES = [
  'CLASSROOM',
  'ASSIGNMENT',
  'OWNER',
  'SUBMISSION_TAG',
  'COMMIT_URL',
  'RELEASE_URL',
] as const;

/**
 * `classroom50/result/v1`. Undefined where there is no grade: the format has no way to say so, and
 * the runner records an error where `result.json` is missing or labs exits with 3 or 4.
 */
export function classroom50(report: Report, of: Classroom50Submission): string | undefined {
  if (report.outcome === 'incomplete') return undefined;
  const entries = entriesOf(report, 2_000);
  // Only integers are taken. All are scaled alike, so that no check gains weight.
  const scale = entries.every(({ points }) => Number.isInteger(points)) ? 1 : 100;
  const whole = (points: number) => Math.round(points * scale);
  const tests = entries.map((entry) => ({
    'test-name': `${entry.title} (${entry.id})`,
    passed: entry.verdict === 'passed',
    score: whole(entry.earned),
    'max-score': whole(entry.points),
    message: entry.reason,
    output: entry.detail,
  }));
  const sum = (key: 'score' | 'max-score') => tests.reduce((total, test) => total + test[key], 0);
  return `${jsonText({
    schema: 'classroom50/result/v1',
    classroom: of.classroom,
    assignment: of.assignment,
    assignment_type: of.assignmentType,
    owner: of.owner,
    submission: of.submission,
    commit: of.commit,
    release: of.release,
    review: of.review,
    // The commit's, which only the runner knows: it puts that in its place.
    datetime: `${new Date(report.startedAt).toISOString().slice(0, 19)}Z`,
    score: sum('score'),
    'max-score': sum('max-score'),
    tests,
  })}\n`;
}
