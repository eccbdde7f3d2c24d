import type { RunEvent } from '../core/event.ts';
import type { Reporter } from './port.ts';

const MOST_LINES = 2_000;

/**
 * A reporter that writes down each line of the log as it comes, told no more than the first 2,000 of
 * each process, and in notes how many are left out. The report holds the last ones.
 */
export function firstLines(reporter: Reporter, most = MOST_LINES): Reporter {
  const written = new Map<string, number>();
  const note = (text: string) => reporter.onEvent({ type: 'note', text });

  /** Whether it is one of the first. */
  function counts(source: string): boolean {
    const count = (written.get(source) ?? 0) + 1;
    written.set(source, count);
    if (count === most + 1)
      note(`${source} has written ${shown(most)} lines: those that follow are counted only`);
    return count <= most;
  }

  function tellLeftOut(): void {
    for (const [source, count] of written)
      if (count > most) note(`lines of ${source} that are left out: ${shown(count - most)}`);
    written.clear();
  }

  return {
    ...reporter,
    onEvent(event: RunEvent) {
      if (event.type === 'log' && !counts(event.line.source)) return;
      // Its report is the last event.
      if (event.type === 'run:finished') tellLeftOut();
      reporter.onEvent(event);
    },
    onAbort(reason) {
      tellLeftOut();
      reporter.onAbort?.(reason);
    },
  };
}

function shown(count: number): string {
  return count.toLocaleString('en-US');
}
