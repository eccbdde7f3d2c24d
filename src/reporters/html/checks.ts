import type { CheckResult, Report } from '../../core/report.ts';
import { sum } from '../../core/score.ts';
import { count, duration } from '../terminal/duration.ts';
import { adviceOf } from './account.ts';
import { idOf } from './failures.ts';
import { html, line, type Markup, prose } from './markup.ts';
import { markOf } from './verdict.ts';

/** Every check by stage with its points; which are shown can be chosen, without a script. */
export function checksOf(report: Report): Markup | undefined {
  const stages = stagesOf(report);
  if (stages.length === 0) return undefined;
  return html`<section aria-labelledby="checks" class="checks">
<div class="heading"><h2 id="checks">${report.startup === undefined ? 'All checks' : 'What will be checked'}</h2>${report.startup === undefined && filterOf(report.checks)}</div>
${stages.map(stageOf)}
</section>`;
}

interface StageOfReport {
  title: string;
  checks: readonly CheckResult[];
}

/** A check whose stage the report does not name is still shown. */
function stagesOf({ stages, checks }: Report): StageOfReport[] {
  const known = new Set(stages.map(({ id }) => id));
  return [
    ...stages.map(({ id, title }) => ({ title, checks: checks.filter((c) => c.stage === id) })),
    { title: 'Other', checks: checks.filter((check) => !known.has(check.stage)) },
  ].filter((stage) => stage.checks.length > 0);
}

const SHOWN = [
  ['all', 'All', () => true],
  ['failed', 'Failed', (check: CheckResult) => isBad(check)],
  ['skipped', 'Skipped', (check: CheckResult) => check.verdict === 'skipped'],
  ['passed', 'Passed', (check: CheckResult) => check.verdict === 'passed'],
] as const;

function isBad({ verdict }: CheckResult): boolean {
  return verdict === 'failed' || verdict === 'errored';
}

function filterOf(checks: readonly CheckResult[]): Markup {
  return html`<fieldset class="filter"><legend class="unseen">Show</legend>${SHOWN.map(
    ([name, label, test]) => {
      const found = checks.filter(test).length;
      return html`<label><input type="radio" name="show" id="show-${name}"${name === 'all' && html` checked`}${found === 0 && html` disabled`}><span>${label} <b>${found}</b></span></label>`;
    },
  )}</fieldset>`;
}

function stageOf({ title, checks }: StageOfReport): Markup {
  const kinds = new Set(checks.map(({ verdict }) => (verdict === 'errored' ? 'failed' : verdict)));
  return html`<section class="stage ${[...kinds].map((kind) => `has-${kind}`).join(' ')}">
<h3><span>${prose(title, 300)}</span>${subtotalOf(checks)}</h3>
<ul>${checks.map(rowOf)}</ul>
</section>`;
}

function subtotalOf(checks: readonly CheckResult[]): Markup {
  const gradable = checks.filter((check) => check.gradable);
  const [earned, max] = [sum(gradable.map((c) => c.earned)), sum(gradable.map((c) => c.points))];
  if (max === 0) return html`<span class="points">–</span>`;
  // What could not be tried might have earned something.
  const isUnknown = earned === 0 && checks.some(({ verdict }) => verdict === 'errored');
  return html`<svg class="subtotal" aria-hidden="true"><rect class="full" width="${(earned / max) * 100}%" height="100%"/></svg><span class="points">${isUnknown ? '–' : earned}/${max}</span>`;
}

function rowOf(check: CheckResult): Markup {
  const { verdict, durationMs, needs, hint } = check;
  const text = html`${markOf(verdict)}<span class="title">${prose(check.title, 300)}</span>`;
  const points = html`<span class="points">${earnedOf(check)}/${check.points}</span>`;
  if (isBad(check))
    return html`<li class="check ${verdict}"><a class="line" href="#${idOf(check)}">${text}${points}</a></li>`;
  return html`<li class="check ${verdict}"><details id="${idOf(check)}">
<summary class="line">${text}${points}</summary>
<div class="inside">
<p class="quiet"><code>${line(check.id, 100)}</code>${verdict === 'passed' && html` · ${duration(durationMs)}`}${
    needs.length > 0 && html` · needs ${needs.map((id) => line(id, 100)).join(', ')}`
  }</p>
${verdict === 'skipped' && html`<p>Skipped: ${line(check.skipped ?? 'no reason was recorded', 600)}</p>`}
${adviceOf(hint, check)}
</div>
</details></li>`;
}

/** What could not be tried earns nothing, and costs nothing. */
function earnedOf({ gradable, verdict, earned }: CheckResult): string {
  return gradable && verdict !== 'errored' ? String(earned) : '–';
}

/** `1 check failed`, for those who hear the page rather than see it. */
export function countsOf(checks: readonly CheckResult[]): Markup {
  const parts = (['passed', 'failed', 'errored', 'skipped'] as const).flatMap((verdict) => {
    const found = checks.filter((check) => check.verdict === verdict).length;
    const word = verdict === 'errored' ? 'not tried' : verdict;
    return found === 0 ? [] : [html`<li class="${verdict}"><b>${found}</b> ${word}</li>`];
  });
  return html`<ul class="counts" aria-label="${count(checks.length, 'check')}">${parts}</ul>`;
}
