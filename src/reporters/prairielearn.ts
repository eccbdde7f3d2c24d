import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { fitted } from './parts/fitted.ts';
import { jsonText } from './parts/json-text.ts';
import { safeLine } from './parts/safe-text.ts';
import { outcomeSentence } from './sentences.ts';

/** PrairieLearn takes 1 MB at most. */
const MAX_BYTES = 900_000;

/**
 * `results.json` of a PrairieLearn external grader. Where there is no grade it is not gradable: no
 * points are lost, and no attempt is used up.
 */
export function prairielearn(report: Report): string {
  return fitted(
    MAX_BYTES,
    entriesOf(report),
    (entries) => `${jsonText(resultsOf(report, entries))}\n`,
  );
}

function resultsOf(report: Report, entries: readonly Entry[]) {
  const message = outcomeSentence(report);
  if (report.outcome === 'incomplete') {
    const errored = entries.filter(({ verdict }) => verdict === 'errored');
    return {
      gradable: false,
      format_errors: [message, ...errored.map(({ title, reason }) => `${title}: ${reason}`)],
      message,
    };
  }
  const { earned, max } = report.score;
  return {
    gradable: true,
    score: max === 0 ? 0 : Math.min(1, earned / max),
    message,
    output: report.notes.map((note) => safeLine(note)).join('\n'),
    // On all tests or on none.
    tests: entries.map((entry) => ({
      name: entry.title,
      description: entry.stage,
      points: entry.earned,
      max_points: entry.points,
      message: entry.reason,
      output: entry.detail,
    })),
  };
}
