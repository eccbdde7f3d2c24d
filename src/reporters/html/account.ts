import type { Failure } from '../../core/failure.ts';
import type { CheckResult } from '../../core/report.ts';
import { html, line, type Markup, prose } from './markup.ts';

const MAX_SENTENCE = 2_000;

/** What was done, expected and got; then the way on. */
export function accountOf(failure: Failure | undefined, check?: CheckResult): Markup {
  const { action, expected, actual, hint } = failure ?? NOTHING_SAID;
  const rows = [
    ['Did', action, 'did'],
    ['Expected', expected, 'expected'],
    ['Got', actual, 'got'],
  ].filter(([, text]) => text !== '') as [string, string, string][];
  return html`<dl class="account">${rows.map(
    ([label, text, name]) =>
      html`<div class="${name}"><dt>${label}</dt><dd>${prose(text, MAX_SENTENCE)}</dd></div>`,
  )}</dl>
${adviceOf(hint ?? check?.hint ?? '', check)}`;
}

const NOTHING_SAID: Failure = {
  action: 'Tried what the check describes',
  expected: 'that it holds',
  actual: 'that it does not; the check recorded no more',
  evidence: [],
};

/** The hint, and what to read. */
export function adviceOf(hint: string, check?: Pick<CheckResult, 'reference'>): Markup | undefined {
  if (hint === '' && check === undefined) return undefined;
  return html`<div class="advice">
${hint !== '' && html`<p><b>Hint</b> ${prose(hint, MAX_SENTENCE)}</p>`}
${check !== undefined && html`<p><b>Read</b> ${referenceOf(check)}</p>`}
</div>`;
}

/** Only a web page is linked: a pack may name any URL. */
function referenceOf({ reference: { title, url } }: Pick<CheckResult, 'reference'>): Markup {
  const text = line(title) || line(url, 2_000);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return html`${text} ${line(url, 2_000)}`;
  const { href, host } = new URL(url);
  return html`<a href="${href}" rel="noreferrer">${text}</a> <span class="quiet where">${host}</span>`;
}
