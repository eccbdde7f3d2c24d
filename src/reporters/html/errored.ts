import type { CheckResult, Report } from '../../core/report.ts';
import { count } from '../terminal/duration.ts';
import { detailsOf, headOf, idOf } from './failures.ts';
import { cut, html, type Markup } from './markup.ts';

const MAX_MESSAGE = 2_000;
const MAX_DETAIL = 16_000;

/** The checks that could not be tried, and what kept them from it. */
export function erroredOf(report: Report): Markup | undefined {
  const errored = report.checks.filter(({ verdict }) => verdict === 'errored');
  if (errored.length === 0) return undefined;
  return html`<section aria-labelledby="errored">
<h2 id="errored">Not your fault: ${count(errored.length, 'check')} could not be tried</h2>
${errored.map((check) => cardOf(check, report))}
</section>`;
}

function cardOf(check: CheckResult, report: Report): Markup {
  const { kind, message, detail } = check.error ?? {
    kind: 'bug',
    message: 'no reason was recorded',
  };
  return html`<details class="card errored" id="${idOf(check)}" open>
${headOf(check)}
<div class="inside">
<dl class="account"><div class="got"><dt>${kind === 'environment' ? 'Machine' : 'Grader'}</dt><dd>${cut(message, MAX_MESSAGE)}</dd></div></dl>
${detail !== undefined && html`<pre><code>${cut(detail, MAX_DETAIL).trimEnd()}</code></pre>`}
${detailsOf(check, report)}
</div>
</details>`;
}
