import type { CheckResult, Report } from '../../core/report.ts';
import { nextStep } from '../next-step.ts';
import { count } from '../terminal/duration.ts';
import { accountOf } from './account.ts';
import { EXCHANGES_IN_FULL, evidenceOf, exchangesIn, mentionsOf } from './evidence.ts';
import { html, line, type Markup, prose } from './markup.ts';
import { type Scene, sceneOf } from './scene.ts';
import { markOf } from './verdict.ts';
import { waterfallOf } from './waterfall.ts';

/** So many are open from the start; of more, only the one to begin with. */
const OPEN = 3;

/** Every failed check in full, in the lab's order. */
export function failuresOf(report: Report): Markup | undefined {
  const failed = report.checks.filter(({ verdict }) => verdict === 'failed');
  if (failed.length === 0) return undefined;
  const first = nextStep(report.checks)?.check.id;
  return html`<section aria-labelledby="failures">
<h2 id="failures">${count(failed.length, 'failure')}</h2>
${failed.map((check) => cardOf(check, report, failed.length <= OPEN || check.id === first))}
${'path' in report.submission && html`<p class="quiet tip">To repeat a request, start the app as the grader does: <code>labs run</code></p>`}
</section>`;
}

function cardOf(check: CheckResult, report: Report, open: boolean): Markup {
  return html`<details class="card failed" id="${idOf(check)}"${open && html` open`}>
${headOf(check)}
<div class="inside">${accountOf(check.failure, check)}${detailsOf(check, report)}</div>
</details>`;
}

/** Where the page tells of a check. */
export function idOf({ id }: Pick<CheckResult, 'id'>): string {
  return `check-${id}`;
}

/** The title, and what came of it in a line while the rest is folded away. */
export function headOf(check: CheckResult): Markup {
  return html`<summary>${markOf(check.verdict)}<h3>${prose(check.title, 300)}<span class="gist">${gistOf(check)}</span></h3><span class="aside"><code>${line(check.id, 100)}</code> <span class="points">${count(check.points, 'point')}</span></span></summary>`;
}

/** One request alone, of which all stands above. */
function isToldAlready({ exchanges, incidents, log }: Scene): boolean {
  return exchanges.length === 1 && incidents.length === 0 && log.length === 0;
}

function gistOf({ failure, error }: CheckResult): string {
  if (failure === undefined) return line(error?.message ?? '', 200);
  return `expected ${line(failure.expected, 120)}, got ${line(failure.actual, 120)}`;
}

/** What bears the verdict out, and what went on. */
export function detailsOf(check: CheckResult, report: Report): Markup[] {
  const { failure } = check;
  const scene = sceneOf(check, report);
  const telling = failure === undefined ? [] : exchangesIn(failure).map(({ id }) => id);
  const evidence = failure === undefined ? [] : evidenceOf(failure, scene?.startedAt ?? 0);
  if (scene === undefined || isToldAlready(scene)) return evidence;
  const timeline = waterfallOf(scene, {
    quoted: failure?.evidence.flatMap((e) => (e.kind === 'log' ? e.lines : [])) ?? [],
    mentions: failure === undefined ? '' : mentionsOf(failure),
    shown: new Set(telling.slice(0, EXCHANGES_IN_FULL)),
    telling: new Set(telling),
  });
  return [...evidence, timeline];
}
