import type { Report } from '../../core/report.ts';

const COLOURS: Readonly<Record<Report['outcome'], string>> = {
  passed: '#1a7f4b',
  failed: '#c4232b',
  incomplete: '#b26a00',
};

/** A dot in the colour of the outcome, so that a browser's tab tells it. */
export function iconOf({ outcome }: Report): string {
  const dot = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${COLOURS[outcome]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(dot)}`;
}
