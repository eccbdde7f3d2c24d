import type { Report } from '../../core/report.ts';
import { count, seconds } from './duration.ts';
import type { Page } from './page.ts';
import { truncate, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** What was graded, how long it took, where it ran, and what the reader should know of that. */
export function headerLines(report: Report, page: Page): string[] {
  const { paint, glyphs, line } = page;
  const id = line(report.lab.id);
  const title = truncate(line(report.lab.title), page.width - widthOf(id) - 2, glyphs.ellipsis);
  const facts = [
    `${checksText(report)} in ${seconds(report.durationMs)}`,
    `seed ${line(report.fingerprint.seed)}`,
    ...whereItRan(report, page),
  ];
  return [
    `${paint.bold(title)}  ${paint.dim(id)}`,
    ...wrapFacts(facts, page).map(paint.dim),
    ...report.notes.flatMap((note) => noteLines(note, page)),
  ];
}

function checksText({ checks, startup }: Report): string {
  const tried = startup === undefined ? checks.filter((check) => check.gradable).length : 0;
  const all = count(checks.length, 'check');
  return tried === checks.length ? all : `${tried} of ${all}`;
}

function whereItRan({ submission, fingerprint }: Report, { line }: Page): string[] {
  if ('url' in submission) return [`against ${line(submission.url)}`];
  const { provider, runtime, services } = fingerprint;
  const where = provider === '' ? '' : ` (${line(provider)})`;
  return [
    ...Object.entries(services).map(([kind, version]) => line(version || kind) + where),
    ...(runtime === '' ? [] : [`app: ${line(runtime)}`]),
  ];
}

/** Facts are not broken in the middle where a line ends. */
function wrapFacts(facts: readonly string[], { width, glyphs }: Page): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const longer = `${lines.at(-1)} ${glyphs.separator} ${fact}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(...wrap(fact, width));
  }
  return lines;
}

function noteLines(note: string, { paint, clean, width }: Page): string[] {
  const [first = '', ...rest] = wrap(clean(note, 600), width - 6);
  return [`${paint.yellow('Note')}  ${first}`, ...rest.map((more) => `      ${more}`)];
}
