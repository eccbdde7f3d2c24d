import type { Report } from '../../core/report.ts';
import { nextStep } from '../next-step.ts';
import {
  againSentence,
  erroredSentence,
  nextSentence,
  untriedSentence,
  waitSentence,
} from '../sentences.ts';
import { count, seconds } from '../terminal/duration.ts';
import { countsOf } from './checks.ts';
import { idOf } from './failures.ts';
import { html, line, type Markup, prose } from './markup.ts';

/** What was graded. */
export function headerOf(report: Report): Markup {
  const { lab, submission, startedAt, durationMs } = report;
  const what = 'url' in submission ? submission.url : submission.path;
  return html`<header>
<p class="kicker">labs grade <code>${line(lab.id, 100)}</code></p>
<h1>${line(lab.title)}</h1>
<p class="quiet facts"><code>${line(what, 500)}</code> <span>${timeOf(startedAt)}</span> <span>${seconds(durationMs)}</span></p>
</header>`;
}

function timeOf(startedAt: string): Markup {
  const text = line(startedAt, 60);
  return html`<time datetime="${text}">${text.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, ' UTC')}</time>`;
}

/** What came of it, and what to do next. */
export function heroOf(report: Report): Markup {
  return html`<section class="hero ${nameOf(report)}" aria-label="Outcome">
${outcomeOf(report)}
${
  report.startup === undefined &&
  html`<div class="rest">${countsOf(report.checks)}
${nextOf(report)}
${sentence(untriedSentence(report))}</div>`
}
</section>
${report.notes.length > 0 && html`<ul class="notes">${report.notes.map((note) => html`<li>${prose(note, 600)}</li>`)}</ul>`}`;
}

function nameOf({ outcome, startup }: Report): string {
  return startup === undefined ? outcome : 'failed';
}

function outcomeOf(report: Report): Markup {
  const { outcome, startup, checks } = report;
  if (startup !== undefined)
    return html`<div class="outcome"><p class="word">The app did not start</p>
<p>${count(checks.length, 'check')} ${checks.length === 1 ? 'waits' : 'wait'} for it, none could be tried: ${scoreText(report)}.</p></div>`;
  if (outcome === 'incomplete')
    return html`<div class="outcome"><p class="word">Not a grade</p>
<p>${erroredSentence(report)} Earned so far: ${report.score.earned} of ${count(report.score.max, 'point')}.</p>
${sentence(againSentence(report, line))}</div>`;
  return html`<p class="score"><b>${report.score.earned}</b><span>/${report.score.max}</span></p>
<div class="outcome"><p class="word">${outcome === 'passed' ? 'Passed' : 'Not passed'}</p>
${meterOf(report)}</div>`;
}

/** `62/100`, or `11/18 (61.1 %)`. */
function scoreText({ score: { earned, max, percent } }: Report): string {
  return max === 100 ? `${earned}/${max}` : `${earned}/${max} (${percent} %)`;
}

/** The score on a bar, with a mark where the passing score begins. */
function meterOf(report: Report): Markup {
  const { score, lab } = report;
  const at = (percent: number) => `${Math.max(0, Math.min(100, percent))}%`;
  const passing = score.max === 100 ? `${lab.passingScore}` : `${lab.passingScore} %`;
  return html`<svg class="meter" role="img" aria-label="${scoreText(report)}; passing score ${passing}"><rect class="empty" width="100%" height="8" rx="4"/><rect class="full" width="${at(score.percent)}" height="8" rx="4"/><line x1="${at(lab.passingScore)}" x2="${at(lab.passingScore)}" y1="-3" y2="11"/></svg>
<p class="quiet passing">${score.max !== 100 && html`${score.percent} % · `}passing score ${passing}</p>`;
}

/** Where to begin, with the way there. */
function nextOf(report: Report): Markup | undefined {
  const next = nextStep(report.checks);
  if (next === undefined) return sentence(nextSentence(report, line));
  const { check, blocks } = next;
  const start = report.outcome === 'passed' ? 'Points are left' : 'Start here';
  return html`<p class="next">${start}: <a href="#${idOf(check)}">${prose(check.title, 300)}</a>. ${blocks > 0 && waitSentence(blocks, 'other check')}</p>`;
}

function sentence(text: string): Markup | undefined {
  return text === '' ? undefined : html`<p>${text}</p>`;
}
