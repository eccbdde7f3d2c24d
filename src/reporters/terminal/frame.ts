import { seconds } from './duration.ts';
import type { Page } from './page.ts';
import type { Running, RunState } from './run-state.ts';
import { truncate, widthOf } from './width.ts';

/** Running things that are shown by name; the region stays small, so that it never scrolls. */
const MAX_ROWS = 6;

/** The region that is redrawn: what runs, then how many checks are done. No line is wider than `columns`. */
export function frameLines(
  state: RunState,
  page: Page,
  columns: number,
  time: { now: number; tick: number },
): string[] {
  const running = [...state.steps.values(), ...state.checks.values()];
  const rows = running.slice(0, running.length > MAX_ROWS ? MAX_ROWS - 1 : MAX_ROWS);
  const more = running.length - rows.length;
  const { spinner, ellipsis } = page.glyphs;
  const sign = page.paint.cyan(spinner[time.tick % spinner.length]!);
  return [
    ...rows.map((row) => `${sign} ${rowText(row, page, columns - 2, time.now)}`),
    ...(more > 0 ? [page.paint.dim(truncate(`  and ${more} more`, columns, ellipsis))] : []),
    ...countsLines(state, page, columns),
  ];
}

/** The time is never cut: of title and progress, the progress goes first. */
function rowText(
  { title, since, progress }: Running,
  page: Page,
  columns: number,
  now: number,
): string {
  const { paint, glyphs, line } = page;
  const took = `  ${seconds(Math.max(0, now - since))}`;
  const name = truncate(line(title), columns - took.length, glyphs.ellipsis);
  const left = columns - widthOf(name) - took.length;
  const aside = progress === '' ? '' : ` ${glyphs.separator} ${line(progress)}`;
  return name + paint.dim(took + (left < 8 ? '' : truncate(aside, left, glyphs.ellipsis)));
}

const MAX_BAR = 24;

function countsLines(state: RunState, page: Page, columns: number): string[] {
  if (state.finished === 0 && state.checks.size === 0) return [];
  const { paint, glyphs } = page;
  const { verdicts, finished, total } = state;
  const parts = [
    { text: `${finished}/${total} checks`, style: paint.bold },
    { text: `${verdicts.passed} passed`, style: paint.green, shown: verdicts.passed > 0 },
    { text: `${verdicts.failed} failed`, style: paint.red, shown: verdicts.failed > 0 },
    { text: `${verdicts.skipped} skipped`, style: paint.dim, shown: verdicts.skipped > 0 },
    { text: `${verdicts.errored} not tried`, style: paint.yellow, shown: verdicts.errored > 0 },
  ];
  let text = '';
  let used = -3;
  for (const { text: part, style, shown = true } of parts) {
    if (!shown || used + 3 + part.length > columns) continue;
    text += (text === '' ? '' : paint.dim(` ${glyphs.separator} `)) + style(part);
    used += 3 + part.length;
  }
  const bar = Math.min(MAX_BAR, columns - used - 2);
  return [bar < 8 ? text : `${progressBar(finished, total, bar, page)}  ${text}`];
}

function progressBar(done: number, total: number, width: number, { glyphs, paint }: Page): string {
  const full = total === 0 ? 0 : Math.min(width, Math.floor((done / total) * width));
  return (
    paint.cyan(glyphs.bar.full.repeat(full)) + paint.dim(glyphs.bar.empty.repeat(width - full))
  );
}
