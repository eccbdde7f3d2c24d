import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { fitted } from './parts/fitted.ts';
import { outcomeSentence } from './sentences.ts';

/** Linux starts no program with a longer variable than 128 KiB; base64 makes 4 bytes of 3. */
const MAX_BYTES = 90_000;

/**
 * What the Classroom reporter of GitHub Actions reads from `<RUNNER>_RESULTS`: base64 of JSON. With a
 * `max_score` of 0, as where there is no grade, it sends no points; it does not pass either.
 */
export function githubClassroom(report: Report): string {
  const json = fitted(MAX_BYTES, entriesOf(report), (entries) =>
    JSON.stringify(resultsOf(report, entries)),
  );
  return Buffer.from(json).toString('base64');
}

function resultsOf(report: Report, entries: readonly Entry[]) {
  const incomplete = report.outcome === 'incomplete';
  return {
    version: 1,
    status: incomplete ? 'error' : report.outcome === 'passed' ? 'pass' : 'fail',
    max_score: incomplete ? 0 : report.score.max,
    tests: [
      ...(incomplete ? [notice(outcomeSentence(report))] : []),
      ...entries.map((entry) => ({
        name: entry.title,
        status: STATUS[entry.verdict],
        // The reader adds them up, and shows NaN where one is missing.
        score: incomplete ? 0 : entry.earned,
        message: [entry.reason, entry.detail].filter((text) => text !== '').join('\n\n'),
        test_code: entry.id,
        filename: '',
        line_no: 0,
        duration: Math.round(entry.durationMs),
      })),
    ],
  };
}

function notice(message: string) {
  return {
    name: 'Not a grade',
    status: 'error',
    score: 0,
    message,
    test_code: '',
    filename: '',
    line_no: 0,
    duration: 0,
  };
}

/** A skipped check has not been passed, through a fault that another one names. */
const STATUS: Readonly<Record<Entry['verdict'], 'pass' | 'fail' | 'error'>> = {
  passed: 'pass',
  failed: 'fail',
  skipped: 'fail',
  errored: 'error',
};
