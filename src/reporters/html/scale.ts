import { duration } from '../terminal/duration.ts';
import { html, type Markup } from './markup.ts';

/** Places moments on a line from 0 % to 100 %. */
export interface Scale {
  /** `12.5%`, never outside of the line. */
  x(at: number): string;
  /** A stretch, never wider than what is left of the line, and never of no width: it would not be drawn. */
  stretch(at: number, ms: number): { x: string; width: string };
  /** Round moments, with what to write there; the first is 0. */
  ticks: readonly { x: string; label: string }[];
}

const MAX_TICKS = 5;

export function scaleOf(startedAt: number, durationMs: number): Scale {
  const percent = (ms: number) =>
    `${Math.round(Math.max(0, Math.min(1, ms / durationMs)) * 10_000) / 100}%`;
  const step = roundStep(durationMs / MAX_TICKS);
  const moments = Array.from({ length: MAX_TICKS + 1 }, (_, index) => index * step);
  return {
    x: (at) => percent(at - startedAt),
    stretch: (at, ms) => {
      const least = durationMs / 500;
      const from = Math.max(0, Math.min(at - startedAt, durationMs - least));
      const left = durationMs - from;
      return { x: percent(from), width: percent(Math.max(least, Math.min(ms, left))) };
    },
    ticks: moments
      // The label of one at the end would have no room.
      .filter((ms) => ms <= durationMs * 0.93)
      .map((ms) => ({ x: percent(ms), label: ms === 0 ? '0' : duration(ms).replace('.0 ', ' ') })),
  };
}

/** 1, 2 or 5 times a power of ten, at least this. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5].map((digit) => digit * power).find((step) => step >= least) ?? 10 * power;
}

export function axisOf({ ticks }: Scale): Markup {
  return html`<svg class="axis" aria-hidden="true">${ticks.map(
    ({ x, label }) => html`<text x="${x}" y="12">${label}</text>`,
  )}</svg>`;
}

export function gridOf({ ticks }: Scale): Markup[] {
  return ticks.map(({ x }) => html`<line class="tick" x1="${x}" x2="${x}" y1="0" y2="100%"/>`);
}
