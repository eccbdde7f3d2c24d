import type { Verdict } from '../core/check.ts';
import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { escapeMarkdown, fenced } from './parts/escape.ts';
import { fitted } from './parts/fitted.ts';
import { safeLine } from './parts/safe-text.ts';
import { nextSentence, outcomeSentence, untriedSentence } from './sentences.ts';

/** GitHub takes 1 MiB for the summary of a step; what other steps' tools add is not ours to know. */
const MAX_BYTES = 900_000;

/**
 * A page of GitHub Flavored Markdown: the score, a table by stage, then each failure. What a
 * learner's program wrote stands in blocks of code alone, where nothing is taken up.
 */
export function markdown(report: Report): string {
  return fitted(MAX_BYTES, entriesOf(report), (entries) => render(report, entries));
}

function render(report: Report, entries: readonly Entry[]): string {
  return [
    `## ${SIGN[report.outcome]} ${inline(report.lab.title)}: ${inline(outcomeSentence(report))}`,
    '',
    ...listed([untriedSentence(report), ...report.notes]),
    ...tableOf(report, entries),
    ...sections('Not passed', entries, 'failed'),
    ...sections('Not tried, through no fault of yours', entries, 'errored'),
    ...(report.outcome === 'incomplete' ? [] : ['', nextSentence(report, inline)]),
    '',
    `labs ${inline(report.fingerprint.labs)}, seed ${inline(report.fingerprint.seed)}`,
    '',
  ].join('\n');
}

function listed(sentences: readonly string[]): string[] {
  const items = sentences.filter((text) => text !== '').map((text) => `- ${inline(text)}`);
  return items.length > 0 ? [...items, ''] : [];
}

const SIGN: Readonly<Record<Report['outcome'] | Verdict, string>> = {
  passed: '✅',
  failed: '❌',
  skipped: '⏭️',
  errored: '⚠️',
  incomplete: '⚠️',
};

function tableOf(report: Report, entries: readonly Entry[]): string[] {
  const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
  const rows = entries.map((entry) =>
    row(SIGN[entry.verdict], inline(entry.title), inline(entry.stage), pointsOf(entry)),
  );
  const { earned, max } = report.score;
  const total = report.outcome === 'incomplete' ? '–' : `${earned}/${max}`;
  return [
    row('', 'Check', 'Stage', 'Points'),
    row('---', '---', '---', '--:'),
    ...rows,
    row('', '**Total**', '', `**${total}**`),
  ];
}

function pointsOf({ verdict, gradable, earned, points }: Entry): string {
  return verdict === 'errored' || !gradable ? '–' : `${earned}/${points}`;
}

function sections(heading: string, entries: readonly Entry[], verdict: Verdict): string[] {
  const found = entries.filter((entry) => entry.verdict === verdict);
  if (found.length === 0) return [];
  const blocks = found.flatMap(({ title, id, reason, detail }) => {
    const text = verdict === 'failed' ? detail || reason : [reason, detail].join('\n').trim();
    return ['', `#### ${inline(title)} (${inline(id)})`, '', fenced(text)];
  });
  return ['', `### ${heading}`, ...blocks];
}

function inline(text: string): string {
  return escapeMarkdown(safeLine(text));
}
