import type { LogLine } from '../../core/log.ts';
import { duration } from '../terminal/duration.ts';
import { cut, html, line, type Markup } from './markup.ts';

const MAX_LINE = 1_000;

/**
 * Lines of the app's log.
 * @param since the moment, in milliseconds since the run began, from which their times are told
 */
export function logOf(lines: readonly LogLine[], { since }: { since: number }): Markup {
  return html`<ol class="log">${lines.map(
    ({ at, source, stream, text }) =>
      html`<li class="${stream === 'stderr' ? 'stderr' : 'stdout'}"><span class="quiet at">${moment(at - since)}</span><span class="quiet source">${line(source, 60)}</span><code>${cut(text, MAX_LINE).replaceAll('\n', ' ')}</code></li>`,
  )}</ol>`;
}

/** `+12 ms`, `−3 ms`. */
export function moment(ms: number): string {
  return ms < -0.5 ? `−${duration(-ms)}` : `+${duration(Math.max(0, ms))}`;
}
