import { resolve } from 'node:path';
import { readReport } from '../../catalog/report-file.ts';
import { type CheckDifference, type Comparison, compareReports } from '../../core/comparison.ts';
import { ExitCode, usageError } from '../../core/errors.ts';
import type { Host } from '../../platform/host.ts';
import { jsonText } from '../../reporters/parts/json-text.ts';
import { safeLine } from '../../reporters/parts/safe-text.ts';
import { count } from '../../reporters/terminal/duration.ts';
import { table } from '../table.ts';

export interface CompareOptions {
  a: string;
  b: string;
  json: boolean;
}

/** 0 if every check has the same verdict in both, else 1. */
export async function compareCommand({ a, b, json }: CompareOptions, host: Host): Promise<number> {
  const [one, other] = await Promise.all(
    [a, b].map((file) => readReport(resolve(host.cwd, file), host.cwd)),
  );
  if (one!.lab.id !== other!.lab.id)
    throw usageError(`${a} is of the lab ${one!.lab.id}, ${b} of ${other!.lab.id}.`, {
      hint: 'Compare two reports of one lab.',
    });
  const comparison = compareReports(one!, other!);
  host.stdout.write(
    json
      ? `${jsonText({ format: 'labs/comparison/v1', ...comparison })}\n`
      : linesOf(comparison, host.stdout.isTerminal ? host.stdout.columns : 200),
  );
  return comparison.same ? ExitCode.passed : ExitCode.belowPassingScore;
}

function linesOf(comparison: Comparison, width: number): string {
  const { a, b, checks, agree, fingerprint, lab, same, sameExam } = comparison;
  const side = ({ outcome, score }: Comparison['a']) =>
    outcome === 'incomplete' ? outcome : `${outcome}, ${score.earned} of ${score.max}`;
  return [
    `${lab}: a ${side(a)}; b ${side(b)}\n`,
    checks.length === 0
      ? ''
      : `\n${table([['CHECK', 'A', 'B', 'POINTS', 'TITLE'], ...checks.map(rowOf)], width)}`,
    `\n${count(agree, 'check')} ${agree === 1 ? 'agrees' : 'agree'}. ${same ? 'All verdicts are the same.' : ''}`.trimEnd(),
    '\n',
    fingerprint.length === 0
      ? ''
      : `\n${table([['FINGERPRINT', 'A', 'B'], ...fingerprint.map((field) => [safeLine(field.field, 60), safeLine(field.a ?? '–', 70), safeLine(field.b ?? '–', 70)])], width)}`,
    `\n${sameExam ? 'The same exam: labs, lab and packs agree.' : 'Not the same exam: labs, the lab or a pack changed between the two.'}\n`,
  ].join('');
}

function rowOf({ id, title, a, b }: CheckDifference): string[] {
  const points = (of: CheckDifference['a']) =>
    of === null ? '–' : `${of.verdict === 'errored' ? '–' : of.earned}/${of.points}`;
  return [
    safeLine(id, 60),
    a?.verdict ?? 'not there',
    b?.verdict ?? 'not there',
    `${points(a)} → ${points(b)}`,
    safeLine(title),
  ];
}
