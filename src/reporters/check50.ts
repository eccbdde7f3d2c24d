import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { jsonText } from './parts/json-text.ts';

/**
 * The JSON of check50 and submit50. It knows no points: they are in `data`. `passed` is null for
 * what was skipped, and for what could not be tried, which has an `error` in its cause as there.
 */
export function check50(report: Report): string {
  return `${jsonText({
    slug: `labs/${report.lab.id}`,
    results: entriesOf(report).map(resultOf),
    version: report.fingerprint.labs,
  })}\n`;
}

function resultOf(entry: Entry) {
  const { id, title, verdict, detail, needs } = entry;
  const log = verdict === 'failed' && detail !== '' ? detail.split('\n') : [];
  return {
    name: id,
    description: title,
    passed: verdict === 'passed' ? true : verdict === 'failed' ? false : null,
    log,
    cause: causeOf(entry),
    data: {
      stage: entry.stage,
      max_points: entry.points,
      ...(verdict !== 'errored' && { points: entry.earned }),
    },
    dependency: needs[0] ?? null,
  };
}

function causeOf({ verdict, reason, hint, expected, actual, errorKind, detail }: Entry) {
  switch (verdict) {
    case 'passed':
      return null;
    case 'failed':
      return { rationale: reason, help: hint === '' ? null : hint, expected, actual };
    case 'skipped':
      return { rationale: reason, help: null };
    case 'errored':
      return {
        rationale: reason,
        help: null,
        error: { type: errorKind, value: reason, traceback: detail.split('\n'), data: {} },
      };
  }
}
