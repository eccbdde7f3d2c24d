import type { Report } from '../../core/report.ts';
import { count, duration, number } from '../terminal/duration.ts';
import { logOf } from './log.ts';
import { html, line, type Markup } from './markup.ts';
import { axisOf, gridOf, scaleOf } from './scale.ts';

/** How it was graded, where the time went, and what the app wrote. */
export function runOf(report: Report): Markup {
  return html`<section aria-labelledby="run" class="run">
<h2 id="run">The run</h2>
${factsOf(report)}
${timesOf(report)}
${wroteOf(report)}
</section>`;
}

/** What makes two runs the same exam. */
function factsOf({ fingerprint, lab, submission }: Report): Markup {
  const { labs, labDigest, packs = [], seed, node, platform, provider, runtime } = fingerprint;
  const services = Object.entries(fingerprint.services).map(
    ([kind, version]) => line(version) || line(kind),
  );
  const facts: [string, string | false][] = [
    ['Seed', seed],
    ['Services', services.length > 0 && `${services.join(', ')} (${provider})`],
    ['App', !('url' in submission) && runtime],
    ['Lab', `${lab.id}, ${labDigest.slice(0, 12)}`],
    ...packs.map(({ pack, version, commit }): [string, string] => [
      'Pack',
      [pack, version, commit?.slice(0, 12)].filter(Boolean).join(', '),
    ]),
    ['labs', labs],
    ['Node.js', `${node} on ${platform}`],
  ];
  return html`<dl class="fingerprint">${facts.map(
    ([name, value]) =>
      value !== false &&
      value !== '' &&
      html`<div><dt>${name}</dt><dd>${line(value, 300)}</dd></div>`,
  )}</dl>`;
}

function timesOf({ steps, checks, durationMs }: Report): Markup | undefined {
  const tried = checks.flatMap(({ id, title, verdict, startedAt, durationMs }) =>
    startedAt === undefined ? [] : [{ id, title, kind: verdict as string, startedAt, durationMs }],
  );
  const rows = [...steps.map((step) => ({ ...step, kind: 'step' })), ...tried].sort(
    (a, b) => a.startedAt - b.startedAt,
  );
  if (rows.length === 0) return undefined;
  const scale = scaleOf(0, Math.max(1, durationMs));
  return html`<details class="fold"><summary><h3>Where the time went</h3> <span class="quiet">${duration(durationMs)}</span></summary>
<svg class="backdrop" aria-hidden="true"><symbol id="run-times">${gridOf(scale)}</symbol></svg>
<div class="timeline">
<div class="row axis-row"><span></span><span></span>${axisOf(scale)}<span></span></div>
<ol class="rows">${rows.map(({ title, kind, startedAt, durationMs: took }) => {
    const { x, width } = scale.stretch(startedAt, took);
    return html`<li class="row"><span class="what">${line(title)}</span><span></span><svg class="bar" aria-hidden="true"><use href="#run-times"/><rect class="took ${kind}" x="${x}" width="${width}" y="30%" height="40%"/></svg><span class="quiet time">${duration(took)}</span></li>`;
  })}</ol>
</div></details>`;
}

const FIRST_LINES = 100;
const LAST_LINES = 300;

function wroteOf({ log }: Report): Markup | undefined {
  if (log.lines.length === 0) return undefined;
  const { lines } = log;
  const all = lines.length + log.dropped;
  const whole = lines.length <= FIRST_LINES + LAST_LINES && log.dropped === 0;
  const first = whole ? lines : lines.slice(0, FIRST_LINES);
  const last = whole ? [] : lines.slice(FIRST_LINES).slice(-LAST_LINES);
  return html`<details class="fold"><summary><h3>What the app wrote</h3> <span class="quiet">${count(all, 'line')}</span></summary>
${logOf(first, { since: 0 })}
${!whole && html`<p class="quiet">Left out: ${number(all - first.length - last.length)} lines.</p>${logOf(last, { since: 0 })}`}
</details>`;
}
