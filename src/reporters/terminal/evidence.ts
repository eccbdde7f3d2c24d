import type { Evidence } from '../../core/failure.ts';
import type { LogLine } from '../../core/log.ts';
import { clip } from './clip.ts';
import { count } from './duration.ts';
import type { DetailLimits } from './limits.ts';
import { contentWidth, labelled, type Page } from './page.ts';
import { padEnd, padStart, truncate, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** What was seen beside requests: statements, log lines, words. */
export function evidenceLines(
  evidence: Exclude<Evidence, { kind: 'exchange' }>,
  page: Page,
  limits: DetailLimits,
): string[] {
  switch (evidence.kind) {
    case 'statements':
      return titled(page, evidence.title, statementLines(evidence.statements, page, limits));
    case 'log':
      return labelled(page, 'App log', logLines(evidence.lines, page, limits));
    case 'text':
      return titled(
        page,
        evidence.title,
        clip(wrap(page.clean(evidence.text, limits.chars), contentWidth(page)), limits.lines, page),
      );
  }
}

/** A title is too long for the margin, so it stands above what it names. */
function titled(page: Page, title: string, lines: readonly string[]): string[] {
  const heading = wrap(page.line(title), contentWidth(page)).map(page.paint.dim);
  return labelled(page, 'Seen', [...heading, ...lines]);
}

function statementLines(statements: readonly string[], page: Page, limits: DetailLimits): string[] {
  if (statements.length === 0) return ['none'];
  const digits = String(statements.length).length;
  const shown = statements.slice(0, limits.lines).map((statement, index) => {
    const number = `${padStart(String(index + 1), digits)}. `;
    const lines = wrap(page.line(statement, 400), contentWidth(page) - number.length);
    return lines
      .map((line, at) => (at === 0 ? page.paint.dim(number) : ' '.repeat(number.length)) + line)
      .join('\n');
  });
  const rest = statements.length - shown.length;
  const more = rest > 0 ? [`${page.glyphs.ellipsis} ${count(rest, 'more statement')}`] : [];
  return [...shown, ...more].flatMap((lines) => lines.split('\n'));
}

/** The last lines, since what went wrong stands at the end. */
export function logLines(lines: readonly LogLine[], page: Page, limits: DetailLimits): string[] {
  const { paint, glyphs } = page;
  const last = lines.slice(-limits.lines);
  const left = lines.length - last.length;
  const sources = last.map((line) => truncate(page.line(line.source), 16, glyphs.ellipsis));
  const column = Math.max(0, ...sources.map(widthOf));
  return [
    ...(left > 0 ? [paint.dim(`${glyphs.ellipsis} ${count(left, 'earlier line')}`)] : []),
    ...last.flatMap((line, index) => {
      const prefix = `${padEnd(sources[index]!, column)} ${glyphs.column} `;
      const text = page.clean(line.text, 400).replaceAll('\n', ' ').trimEnd();
      return wrap(text, contentWidth(page) - widthOf(prefix)).map((piece) =>
        `${paint.dim(prefix)}${piece}`.trimEnd(),
      );
    }),
  ];
}
