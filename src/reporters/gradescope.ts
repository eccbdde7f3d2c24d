import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { fitted } from './parts/fitted.ts';
import { jsonText } from './parts/json-text.ts';
import { safeLine } from './parts/safe-text.ts';
import { outcomeSentence } from './sentences.ts';

/** Far above what a lab says, and far below what a page still shows. */
const MAX_BYTES = 4_000_000;

/**
 * `results.json` of Gradescope's autograder. Where there is no grade, no score stands anywhere in
 * it: Gradescope then reports a failed autograder to the instructor instead of a 0 to the learner.
 */
export function gradescope(report: Report): string {
  const graded = report.outcome !== 'incomplete';
  const notes = report.notes.map((note) => safeLine(note));
  return fitted(
    MAX_BYTES,
    entriesOf(report),
    (entries) =>
      `${jsonText({
        ...(graded && { score: report.score.earned }),
        execution_time: Math.round(report.durationMs / 1000),
        output: [outcomeSentence(report), ...notes].join('\n'),
        output_format: 'text',
        test_output_format: 'text',
        visibility: 'visible',
        // What labs prints is for the instructor, as all that a container writes.
        stdout_visibility: 'hidden',
        extra_data: {
          lab: report.lab.id,
          outcome: report.outcome,
          max_score: report.score.max,
          seed: report.fingerprint.seed,
          labs: report.fingerprint.labs,
        },
        tests: entries.map((entry, index) => testOf(entry, index + 1, graded)),
      })}\n`,
  );
}

function testOf(entry: Entry, number: number, graded: boolean) {
  const { title, stage, verdict, reason, detail, points, earned } = entry;
  return {
    name: title,
    number: String(number),
    ...(graded && { score: earned, max_score: points }),
    ...(STATUS[verdict] !== undefined && { status: STATUS[verdict] }),
    output: [reason, ...(detail === '' ? [] : ['', detail])].join('\n'),
    output_format: 'text',
    tags: [stage],
    visibility: 'visible',
  };
}

/** Without one, Gradescope goes by the score; there is none to tell of what was not tried. */
const STATUS: Readonly<Record<Entry['verdict'], 'passed' | 'failed' | undefined>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'failed',
  errored: undefined,
};
