import type { Exchange } from '../../core/exchange.ts';
import type { LogLine } from '../../core/log.ts';
import type { Incident, IncidentKind } from '../../core/timeline.ts';
import { count, duration } from '../terminal/duration.ts';
import { exchangeOf, statusClass, targetOf } from './exchange.ts';
import { logOf, moment } from './log.ts';
import { html, line, type Markup } from './markup.ts';
import { axisOf, gridOf, type Scale, scaleOf } from './scale.ts';
import type { Scene } from './scene.ts';

export interface WaterfallOptions {
  /** Lines of the log that stand above. */
  quoted: readonly LogLine[];
  /** What the failure says, in lower case. */
  mentions: string;
  /** Ids of the exchanges that stand in full above. */
  shown: ReadonlySet<number>;
  /** Ids of those that bear the failure out. */
  telling: ReadonlySet<number>;
}

/** What went on during a check, on a time line: requests, faults, and the app's log of the time. */
export function waterfallOf(scene: Scene, options: WaterfallOptions): Markup {
  const scale = scaleOf(scene.startedAt, scene.durationMs);
  const backdrop = `time-${scene.id}`;
  const bar = (marks: Markup | readonly Markup[]) =>
    html`<svg class="bar" aria-hidden="true"><use href="#${backdrop}"/>${marks}</svg>`;
  const rows = [
    ...scene.exchanges.map((exchange, index) => ({
      at: exchange.startedAt,
      row: [
        exchangeRow(exchange, scene.exchanges[index - 1], scene, scale, bar, options),
        ...(index + 1 === scene.leftOut.after ? gapRow(scene.leftOut.exchanges, 'request') : []),
      ],
    })),
    ...scene.incidents.map((incident) => ({
      at: incident.startedAt,
      row: [incidentRow(incident, scene, scale, bar)],
    })),
  ].sort((a, b) => a.at - b.at);
  return html`<section class="timeline">
<h5>Time line <span class="quiet">${summaryOf(scene)}</span></h5>
<svg class="backdrop" aria-hidden="true"><symbol id="${backdrop}">${gridOf(scale)}${scene.incidents.map((incident) => band(incident, scale))}</symbol></svg>
<div class="row axis-row"><span></span><span></span>${axisOf(scale)}<span></span></div>
<ol class="rows">${rows.map(({ row }) => row)}${gapRow(scene.leftOut.incidents, 'event')}</ol>
${scene.log.length > 0 && logLane(scene, scale, bar)}
</section>
${scene.log.some((line) => !isQuoted(line, options.quoted)) && logSection(scene)}`;
}

type Bar = (marks: Markup | readonly Markup[]) => Markup;

function summaryOf({ exchanges, incidents, leftOut, durationMs }: Scene): string {
  const requests = exchanges.length + leftOut.exchanges;
  const events = incidents.length + leftOut.incidents;
  return [
    count(requests, 'request'),
    ...(events > 0 ? [count(events, 'event')] : []),
    `in ${duration(durationMs)}`,
  ].join(' · ');
}

function exchangeRow(
  exchange: Exchange,
  before: Exchange | undefined,
  { startedAt }: Scene,
  scale: Scale,
  bar: Bar,
  { mentions, shown, telling }: WaterfallOptions,
): Markup {
  const { id, method, instance, note, response, error, durationMs } = exchange;
  const status =
    response === undefined
      ? html`<span class="status bad">${error?.code === 'timeout' ? 'timeout' : 'none'}</span>`
      : html`<span class="${statusClass(response.status)}">${response.status}</span>`;
  const kind = telling.has(id) ? 'telling' : '';
  const { x, width } = scale.stretch(exchange.startedAt, durationMs);
  const rect = html`<rect class="took ${response === undefined ? 'none' : ''}" x="${x}" width="${width}" y="30%" height="40%"/>`;
  return html`<li><details class="request ${kind}"><summary class="row">
<span class="what"><code><b>${line(method, 20)}</b> ${targetOf(exchange)}</code>${
    instance !== undefined && html` <span class="instance">${line(instance, 40)}</span>`
  }${note !== undefined && note !== before?.note && html` <span class="quiet note">${line(note)}</span>`}</span>
${status}
${bar(rect)}
<span class="quiet time"><span class="unseen">began at ${moment(exchange.startedAt - startedAt)}, took </span>${duration(durationMs)}</span>
</summary>
${shown.has(id) ? html`<p class="quiet">It stands in full above.</p>` : exchangeOf(exchange, mentions)}
</details></li>`;
}

/** Faults are of the check's making; that a process ends by itself is not. */
const BY_ITSELF: readonly IncidentKind[] = ['exit'];

function incidentRow(incident: Incident, { startedAt }: Scene, scale: Scale, bar: Bar): Markup {
  const { kind, target, process, text, durationMs } = incident;
  const own = BY_ITSELF.includes(kind);
  const began = moment(incident.startedAt - startedAt);
  return html`<li class="row event ${own ? 'bad' : ''}">
<span class="what"><b>${line(target, 60)}</b>${process !== undefined && html` <span class="instance">${line(process, 40)}</span>`} ${line(text)}</span>
<span></span>
${bar(mark(incident, scale))}
<span class="quiet time"><span class="unseen">began at ${began}${durationMs !== undefined && ', lasted '}</span>${durationMs !== undefined && duration(durationMs)}</span>
</li>`;
}

function mark({ kind, startedAt, durationMs }: Incident, scale: Scale): Markup {
  const at = scale.x(startedAt);
  if (durationMs === undefined)
    return html`<line class="event ${kind}" x1="${at}" x2="${at}" y1="10%" y2="90%"/>`;
  const { x, width } = scale.stretch(startedAt, durationMs);
  return html`<rect class="event ${kind}" x="${x}" width="${width}" y="35%" height="30%"/>`;
}

/** Behind all rows, so that it shows which requests fell into it. */
function band({ kind, startedAt, durationMs }: Incident, scale: Scale): Markup | undefined {
  if (kind === 'start') return undefined;
  if (durationMs === undefined) {
    const x = scale.x(startedAt);
    return html`<line class="instant ${kind}" x1="${x}" x2="${x}" y1="0" y2="100%"/>`;
  }
  const { x, width } = scale.stretch(startedAt, durationMs);
  return html`<rect class="band" x="${x}" width="${width}" y="0" height="100%"/>`;
}

function gapRow(leftOut: number, noun: string): Markup[] {
  if (leftOut === 0) return [];
  return [html`<li class="gap quiet">${count(leftOut, `more ${noun}`)}, not recorded</li>`];
}

function logLane({ log }: Scene, scale: Scale, bar: Bar): Markup {
  const ticks = log.map(({ at, stream }) => {
    const x = scale.x(at);
    return html`<line class="wrote ${stream === 'stderr' ? 'stderr' : 'stdout'}" x1="${x}" x2="${x}" y1="20%" y2="80%"/>`;
  });
  return html`<div class="row log-lane"><span class="quiet what">the app’s log</span><span></span>${bar(ticks)}<span class="quiet time">${count(log.length, 'line')}</span></div>`;
}

/** Many lines are folded away; the few that were written while the failing request ran stand above. */
const FEW_LINES = 12;

function isQuoted({ at, text }: LogLine, quoted: readonly LogLine[]): boolean {
  return quoted.some((line) => line.at === at && line.text === text);
}

function logSection({ log, startedAt, earlierLines, shared }: Scene): Markup {
  return html`<details class="moment"${log.length <= FEW_LINES && html` open`}>
<summary><h5>What the app wrote meanwhile <span class="quiet">${count(log.length + earlierLines, 'line')}</span></h5></summary>
${shared && html`<p class="quiet">Other checks used the app at the same time: lines may be about their requests.</p>`}
${earlierLines > 0 && html`<p class="quiet">Left out: ${count(earlierLines, 'earlier line')}.</p>`}
${logOf(log, { since: startedAt })}
</details>`;
}
