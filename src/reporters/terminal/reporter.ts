import type { RunEvent } from '../../core/event.ts';
import type { Report } from '../../core/report.ts';
import type { Reporter } from '../port.ts';
import { createLiveView } from './live.ts';
import { createPlainView } from './plain-lines.ts';
import { DEFAULT_MAX_FAILURES, renderReport } from './render.ts';
import type { Screen } from './screen.ts';

export interface TerminalReporterOptions {
  output: Screen;
  /** Whether more than ASCII can be drawn: see `terminalTraits`. */
  unicode: boolean;
  /** Whether the cursor can be moved, too; where nothing is said, any terminal can. */
  redraws?: boolean;
  /** Bodies, headers and logs at length, and what the app writes as it comes. */
  verbose?: boolean;
  /** All failures in full. */
  all?: boolean;
  /** A clock in milliseconds. */
  now?: () => number;
}

/** Shows a run while it goes on, then its report. */
export function createTerminalReporter(options: TerminalReporterOptions): Reporter {
  const { output, unicode, verbose = false, all = false } = options;
  const { redraws = true, now = () => performance.now() } = options;
  const live = output.isTerminal && redraws;
  const view = live
    ? createLiveView(output, { unicode, log: verbose, now })
    : createPlainView(output, { unicode, log: verbose });
  const notes = new Set<string>();
  let reported = false;

  function show(report: Report): void {
    view.close();
    reported = true;
    const unsaid = report.notes.filter((note) => !notes.has(note));
    const text = renderReport(
      { ...report, notes: unsaid },
      {
        width: output.columns,
        colors: output.colors,
        unicode,
        verbose,
        maxFailures: all ? Number.POSITIVE_INFINITY : DEFAULT_MAX_FAILURES,
      },
    );
    output.write(`\n${text}`);
  }

  return {
    name: 'terminal',
    onEvent(event: RunEvent) {
      if (reported) return;
      if (event.type === 'run:finished') return show(event.report);
      if (event.type === 'note') notes.add(event.text);
      view.onEvent(event);
    },
    finish() {
      view.close();
    },
  };
}
