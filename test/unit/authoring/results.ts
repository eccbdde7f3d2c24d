import {
  type CheckOutcome,
  type LabResults,
  RESULTS_FORMAT,
  type Results,
  type SubjectResult,
} from '../../../src/authoring/results.ts';
import type { Verdict } from '../../../src/core/check.ts';

/** `keeps-notes failed`: a check and its verdict; `-` is one that was not asked for. */
export function outcome(id: string, verdict: Verdict | '-'): CheckOutcome {
  const tried = verdict !== '-';
  return {
    id,
    verdict: tried ? verdict : 'skipped',
    gradable: tried,
    earned: verdict === 'passed' ? 1 : 0,
    durationMs: 10,
    ...(verdict === 'failed' && { failure: FAILURE }),
    ...(verdict === 'skipped' && { skipped: 'needs keeps-notes' }),
    ...(verdict === 'errored' && {
      error: { kind: 'environment' as const, message: 'The engine is gone.' },
    }),
  };
}

const FAILURE = {
  action: 'GET /notes/7',
  expected: '404',
  actual: '200 with <script>alert("it")</script> | and `more`',
  evidence: [],
};

export function result(
  kind: SubjectResult['kind'],
  name: string,
  verdicts: Record<string, Verdict | '-'>,
  more: Partial<SubjectResult> = {},
): SubjectResult {
  const checks = Object.entries(verdicts).map(([id, verdict]) => outcome(id, verdict));
  const earned = checks.filter(({ verdict }) => verdict === 'passed').length;
  return {
    kind,
    name,
    seed: 'a1b2c3d4',
    problems: [],
    durationMs: 1_500,
    score: { earned, max: 4, percent: earned * 25 },
    checks,
    ...more,
  };
}

export function mutant(
  name: string,
  caughtBy: readonly string[],
  verdicts: Record<string, Verdict | '-'>,
  more: Partial<SubjectResult> = {},
): SubjectResult {
  const about = { solution: 'javascript', fault: `It ${name.replaceAll('-', ' ')}.`, caughtBy };
  return result('mutant', name, verdicts, { mutant: about, ...more });
}

export function labResults(
  results: readonly SubjectResult[],
  more: Partial<LabResults> = {},
): LabResults {
  const check = (id: string, stage: string) => ({ id, title: `${id} holds`, stage, points: 1 });
  return {
    id: 'notes',
    title: 'Notes & more',
    digest: 'd1935',
    quick: false,
    whole: true,
    load: false,
    stages: [
      { id: 'basics', title: 'Notes are kept' },
      { id: 'owners', title: 'Notes are their owner’s' },
    ],
    checks: [
      check('keeps-notes', 'basics'),
      check('answers-404', 'basics'),
      check('keeps-secrets', 'owners'),
      check('never-fails', 'owners'),
    ],
    own: ['keeps-notes', 'answers-404', 'keeps-secrets', 'never-fails'],
    documented: [
      { method: 'POST', path: '/notes', status: '201' },
      { method: 'GET', path: '/notes/{id}', status: '200' },
      { method: 'GET', path: '/notes/{id}', status: '404' },
    ],
    results,
    ...more,
  };
}

const NOTES = '/notes/{id}';

/** One of everything that a verification can find. */
export const SAMPLE = labResults([
  result('template', 'javascript', { 'keeps-notes': 'passed', 'answers-404': 'failed' }),
  result(
    'solution',
    'javascript',
    {
      'keeps-notes': 'passed',
      'answers-404': 'passed',
      'keeps-secrets': 'passed',
      'never-fails': 'passed',
    },
    {
      seen: [
        { method: 'POST', path: '/notes', status: '201' },
        { method: 'GET', path: NOTES, status: '200' },
      ],
    },
  ),
  mutant('forgets-notes', ['keeps-notes'], {
    'keeps-notes': 'failed',
    'answers-404': 'skipped',
    'keeps-secrets': 'skipped',
    'never-fails': 'passed',
  }),
  mutant('shows-notes-to-all', ['keeps-secrets', 'answers-404'], {
    'keeps-notes': 'passed',
    'answers-404': 'failed',
    'keeps-secrets': 'failed',
    'never-fails': 'passed',
  }),
  mutant(
    'says-404-for-all',
    ['answers-404'],
    {
      'keeps-notes': 'failed',
      'answers-404': 'passed',
      'keeps-secrets': 'errored',
      'never-fails': '-',
    },
    { problems: ['answers-404 did not catch it', 'not named: keeps-notes failed'] },
  ),
  ungraded(),
]);

function ungraded(): SubjectResult {
  const { checks: _, score: _s, ...rest } = mutant('does-not-fit', ['keeps-notes'], {});
  return { ...rest, problems: ['could not be graded: a | b'] };
}

export function resultsOf(labs: readonly LabResults[], more: Partial<Results> = {}): Results {
  return {
    format: RESULTS_FORMAT,
    version: '0.1.0',
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 60_000,
    interrupted: false,
    mistyped: [],
    labs,
    ...more,
  };
}
