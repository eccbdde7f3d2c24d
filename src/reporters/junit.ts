import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { fitted } from './parts/fitted.ts';
import { element, xmlDocument } from './parts/xml.ts';
import { outcomeSentence } from './sentences.ts';

/** GitLab reads no larger file than 30 MB. */
const MAX_BYTES = 25_000_000;

/**
 * JUnit XML as GitLab, Jenkins and others read it: a suite a stage, detail in the body of elements,
 * no name twice. `<failure>` is the learner's, `<error>` ours.
 */
export function junit(report: Report): string {
  return fitted(MAX_BYTES, entriesOf(report), (entries) => render(report, entries));
}

function render(report: Report, entries: readonly Entry[]): string {
  const stages = [...new Set(entries.map(({ stage }) => stage))];
  const suites = stages.map((stage, index) => {
    const cases = entries.filter((entry) => entry.stage === stage);
    return element('testsuite', { name: stage, ...totals(cases), timestamp: report.startedAt }, [
      // Where most readers look for them; a suite without cases is dropped by some.
      ...(index === 0 ? [propertiesOf(report)] : []),
      ...cases.map((entry) => testcase(entry, report.lab.id)),
    ]);
  });
  const attributes = { name: report.lab.id, ...totals(entries) };
  return xmlDocument(element('testsuites', attributes, suites));
}

function testcase(entry: Entry, lab: string): string {
  const name = `${entry.title} (${entry.id})`;
  const classname = `${lab}.${entry.stage}`;
  const time = seconds(entry.durationMs);
  return element('testcase', { name, classname, time }, outcomeOf(entry));
}

function outcomeOf({ verdict, reason, detail, errorKind = 'bug' }: Entry): string[] {
  const body = detail === '' ? reason : detail;
  switch (verdict) {
    case 'passed':
      return [];
    case 'failed':
      return [element('failure', { message: reason, type: 'failed' }, body)];
    case 'skipped':
      return [element('skipped', { message: reason })];
    case 'errored':
      return [
        element('error', { message: reason, type: errorKind }, `${reason}\n${detail}`.trim()),
      ];
  }
}

/** A score is only told where there is one. */
function propertiesOf(report: Report): string {
  const { score, outcome, fingerprint } = report;
  const values: Record<string, string | number> = {
    outcome,
    summary: outcomeSentence(report),
    ...(outcome !== 'incomplete' && { score: score.earned, 'max-score': score.max }),
    seed: fingerprint.seed,
  };
  return element(
    'properties',
    {},
    Object.entries(values).map(([name, value]) => element('property', { name, value })),
  );
}

function totals(entries: readonly Entry[]) {
  const of = (verdict: Entry['verdict']) => entries.filter((e) => e.verdict === verdict).length;
  return {
    tests: entries.length,
    failures: of('failed'),
    errors: of('errored'),
    skipped: of('skipped'),
    time: seconds(entries.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
