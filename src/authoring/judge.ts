import type { Failure } from '../core/failure.ts';
import type { CheckResult, Report } from '../core/report.ts';
import type { Subject } from './subject.ts';

/** What is wrong with a subject's grade, in sentences; empty if it is as it should be. */
export function judge(subject: Subject, report: Report): string[] {
  const errored = report.checks.filter(({ verdict }) => verdict === 'errored');
  if (errored.length > 0)
    return errored.map(
      (check) => `${check.id} errored: ${check.error?.message ?? 'no reason given'}`,
    );
  switch (subject.kind) {
    case 'template':
      return judgeTemplate(report);
    case 'solution':
      return judgeSolution(report);
    case 'mutant':
      return judgeMutant(subject.mutant.manifest.caughtBy, report);
  }
}

/** It boots, earns more than nothing and less than a quarter, and its first failure has a hint. */
function judgeTemplate({ score, checks, startup }: Report): string[] {
  if (startup !== undefined) return [doesNotStart(startup)];
  const first = checks.find(({ verdict }) => verdict === 'failed');
  return [
    ...(score.earned > 0 ? [] : ['earns nothing; expected a little']),
    ...(score.percent < 25 ? [] : [`earns ${score.percent} %; expected less than a quarter`]),
    ...(first === undefined || first.hint !== '' ? [] : [`${first.id} fails without a hint`]),
  ];
}

function judgeSolution({ checks, startup }: Report): string[] {
  if (startup !== undefined) return [doesNotStart(startup)];
  return checks.filter(({ verdict }) => verdict !== 'passed').map(sentence);
}

function judgeMutant(caughtBy: readonly string[], { checks, startup }: Report): string[] {
  if (startup !== undefined) return [doesNotStart(startup)];
  const byId = new Map(checks.map((check) => [check.id, check]));
  const unknown = caughtBy.filter((id) => !byId.has(id));
  const survived = caughtBy.filter((id) => byId.get(id)?.verdict === 'passed');
  const skipped = caughtBy.filter((id) => byId.get(id)?.verdict === 'skipped');
  const others = checks.filter(({ id, verdict }) => verdict === 'failed' && !caughtBy.includes(id));
  return [
    ...unknown.map((id) => `names ${id}, which is no check of this lab`),
    ...survived.map((id) => `${id} did not catch it`),
    ...skipped.map((id) => `${id} was skipped: ${byId.get(id)?.skipped}`),
    ...others.map((check) => `not named: ${sentence(check)}`),
  ];
}

const LAST_LINES = 6;

/** With the last that the app, or its build, wrote. */
function doesNotStart({ actual, evidence }: Failure): string {
  const said = evidence.flatMap((each) => {
    if (each.kind === 'log') return each.lines.map(({ text }) => text);
    return each.kind === 'text' ? each.text.split('\n') : [];
  });
  return [`does not start: ${actual}`, ...said.slice(-LAST_LINES)].join('\n');
}

function sentence({ id, verdict, failure, skipped }: CheckResult): string {
  const why =
    failure === undefined
      ? skipped
      : `${failure.action}: expected ${failure.expected}, got ${failure.actual}`;
  return `${id} ${verdict}${why === undefined ? '' : ` (${why})`}`;
}
