import type { Verdict } from '../core/check.ts';
import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { jsonText } from './parts/json-text.ts';

const SPEC_VERSION = '0.0.0';

/** What could not be tried is `other`: neither passed nor failed. */
const STATUS: Readonly<Record<Verdict, string>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  errored: 'other',
};

/** Common Test Report Format (https://ctrf.io). Points are in `extra`, and none where there is no grade. */
export function ctrf(report: Report): string {
  const entries = entriesOf(report);
  const of = (verdict: Verdict) => entries.filter((entry) => entry.verdict === verdict).length;
  const start = Date.parse(report.startedAt);
  const { score, outcome, fingerprint } = report;
  return `${jsonText({
    reportFormat: 'CTRF',
    specVersion: SPEC_VERSION,
    timestamp: report.startedAt,
    generatedBy: 'labs',
    results: {
      tool: { name: 'labs', version: fingerprint.labs },
      summary: {
        tests: entries.length,
        passed: of('passed'),
        failed: of('failed'),
        skipped: of('skipped'),
        pending: 0,
        other: of('errored'),
        suites: new Set(entries.map(({ stage }) => stage)).size,
        start,
        stop: start + Math.round(report.durationMs),
        extra: {
          lab: report.lab.id,
          outcome,
          passingScore: report.lab.passingScore,
          seed: fingerprint.seed,
          ...(outcome !== 'incomplete' && { score: score.earned, maxScore: score.max }),
        },
      },
      tests: entries.map((entry) => testOf(entry, start)),
    },
  })}\n`;
}

function testOf(entry: Entry, runStart: number) {
  const { id, verdict, stage, reason, detail, gradable } = entry;
  const start = entry.startedAt === undefined ? undefined : runStart + Math.round(entry.startedAt);
  const duration = Math.round(entry.durationMs);
  return {
    name: entry.title,
    status: STATUS[verdict],
    duration,
    ...(start !== undefined && { start, stop: start + duration }),
    suite: [stage],
    ...(reason !== '' && { message: reason }),
    ...(detail !== '' && { trace: detail }),
    rawStatus: verdict,
    extra: {
      id,
      gradable,
      maxPoints: entry.points,
      ...(verdict !== 'errored' && { points: entry.earned }),
    },
  };
}
