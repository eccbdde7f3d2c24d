import type { Evidence, Failure } from '../../core/failure.ts';
import { exchangeOf } from './exchange.ts';
import { logOf } from './log.ts';
import { cut, html, line, type Markup } from './markup.ts';

/** Shown in full; the others stand on the time line. */
export const EXCHANGES_IN_FULL = 3;
const MAX_TEXT = 16_000;
const MAX_STATEMENTS = 200;

/** What bears a failure out, in the order in which it should be read. */
export function evidenceOf(failure: Failure, startedAt: number): Markup[] {
  const mentions = mentionsOf(failure);
  const further = new Set(exchangesIn(failure).slice(EXCHANGES_IN_FULL));
  return failure.evidence
    .filter((evidence) => !isEmptyLog(evidence))
    .filter((evidence) => evidence.kind !== 'exchange' || !further.has(evidence.exchange))
    .map((evidence) =>
      evidence.kind === 'exchange'
        ? exchangeOf(evidence.exchange, mentions)
        : sightOf(evidence, startedAt),
    );
}

function isEmptyLog(evidence: Evidence): boolean {
  return evidence.kind === 'log' && evidence.lines.length === 0;
}

function sightOf(evidence: Exclude<Evidence, { kind: 'exchange' }>, startedAt: number): Markup {
  switch (evidence.kind) {
    case 'statements':
      return titled(evidence.title, statementsOf(evidence.statements));
    case 'text':
      return titled(evidence.title, html`<pre><code>${cut(evidence.text, MAX_TEXT)}</code></pre>`);
    case 'log':
      return titled('What the app wrote then', logOf(evidence.lines, { since: startedAt }));
  }
}

/** What the failure says, in lower case: header fields that it names are worth showing. */
export function mentionsOf({ action, expected, actual }: Failure): string {
  return `${action}\n${expected}\n${actual}`.slice(0, 10_000).toLowerCase();
}

export function exchangesIn({ evidence }: Failure) {
  return evidence.flatMap((item: Evidence) => (item.kind === 'exchange' ? [item.exchange] : []));
}

function titled(title: string, content: Markup): Markup {
  return html`<section class="seen"><h5>${line(title) || 'Seen'}</h5>${content}</section>`;
}

function statementsOf(statements: readonly string[]): Markup {
  if (statements.length === 0) return html`<p class="quiet">none</p>`;
  const rest = statements.length - MAX_STATEMENTS;
  return html`<ol class="statements">${statements
    .slice(0, MAX_STATEMENTS)
    .map((statement) => html`<li><code>${line(statement, 1_000)}</code></li>`)}</ol>
${rest > 0 && html`<p class="quiet">and ${rest} more</p>`}`;
}
