import type { Verdict } from '../../core/check.ts';
import { html, type Markup } from './markup.ts';

const MARKS: Readonly<Record<Verdict, { sign: string; name: string }>> = {
  passed: { sign: '✓', name: 'passed' },
  failed: { sign: '✕', name: 'failed' },
  skipped: { sign: '–', name: 'skipped' },
  errored: { sign: '!', name: 'not tried' },
};

/** What became of a check: a sign for the eye, a word for a screen reader. */
export function markOf(verdict: Verdict): Markup {
  const { sign, name } = MARKS[verdict];
  return html`<span class="mark ${verdict}" role="img" aria-label="${name}">${sign}</span>`;
}
