import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import type { Report } from '../../../src/core/report.ts';
import { renderReport } from '../../../src/reporters/terminal/render.ts';
import { createTerminalReporter } from '../../../src/reporters/terminal/reporter.ts';
import { fullMarks, hostile, manyFailures } from './samples/reports.ts';
import { interpret, recordedScreen } from './screen.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function eventsOf(report: Report): RunEvent[] {
  const infos = report.checks.map((check) => ({ ...check, timeoutMs: 10_000 }));
  return [
    {
      type: 'run:started',
      lab: report.lab,
      submission: 'my-tasks',
      seed: '7f3a9c21',
      stages: report.stages,
      checks: infos,
    },
    ...report.notes.map((text): RunEvent => ({ type: 'note', text })),
    { type: 'step:started', id: 'pg', title: 'Start Postgres' },
    { type: 'step:progress', id: 'pg', text: 'waiting for the server to accept connections' },
    { type: 'step:finished', id: 'pg', title: 'Start Postgres', durationMs: 402, failed: false },
    ...report.checks.map((check): RunEvent => ({ type: 'check:started', id: check.id })),
    { type: 'log', line: { at: 5, source: 'web.1', stream: 'stdout', text: '\x1b[31mhello\x07' } },
    ...report.checks.map((result): RunEvent => ({ type: 'check:finished', result })),
  ];
}

const TERMINAL_LINES = [
  'Grading my-tasks: Tasks on Postgres, seed 7f3a9c21',
  '✔ Start Postgres  0.4 s',
];

function rendered(report: Report, columns: number): string[] {
  return renderReport(report, {
    width: columns,
    colors: false,
    unicode: true,
    verbose: false,
    maxFailures: 3,
  }).split('\n');
}

describe('on a terminal', () => {
  it.each([40, 80, 200])('leaves only what is permanent, %i columns wide', (columns) => {
    const output = recordedScreen({ columns });
    const reporter = createTerminalReporter({ output, unicode: true });
    for (const event of eventsOf(fullMarks)) {
      reporter.onEvent(event);
      vi.advanceTimersByTime(50);
    }
    reporter.onEvent({ type: 'run:finished', report: fullMarks });
    reporter.finish?.();
    const shown = interpret(output.written, 200);
    const permanent = TERMINAL_LINES.flatMap((line) =>
      columns === 40 && line.startsWith('Grading')
        ? ['Grading my-tasks: Tasks on Postgres,', 'seed 7f3a9c21']
        : [line],
    );
    expect(shown).toEqual({
      lines: [...permanent, '', ...rendered(fullMarks, columns)],
      cursorVisible: true,
    });
  });

  it.each([40, 80, 200])('never wraps while it runs, %i columns wide', (columns) => {
    const output = recordedScreen({ columns });
    const reporter = createTerminalReporter({ output, unicode: true });
    for (const event of eventsOf(hostile)) {
      if (event.type === 'note') continue;
      reporter.onEvent(event);
      vi.advanceTimersByTime(100);
    }
    reporter.finish?.();
    expect(() => interpret(output.written, columns)).not.toThrow();
  });

  it('says what it waits for and counts the checks', () => {
    const output = recordedScreen();
    const reporter = createTerminalReporter({ output, unicode: true, now: () => Date.now() });
    for (const event of eventsOf(manyFailures)) {
      if (event.type === 'step:finished') {
        vi.advanceTimersByTime(800);
        expect(interpret(output.written, 80).lines).toContainEqual(
          expect.stringMatching(/Start Postgres {2}0\.8 s · waiting for the server to accept/),
        );
      }
      reporter.onEvent(event);
    }
    vi.advanceTimersByTime(100);
    const shown = interpret(output.written, 80);
    expect(shown.cursorVisible).toBe(false);
    expect(shown.lines.join('\n')).toContain('19/19 checks · 13 passed · 5 failed · 1 skipped');
    expect(shown.lines.join('\n')).not.toContain('hello');
    reporter.finish?.();
  });

  it('gives the terminal back when the run is aborted', () => {
    const output = recordedScreen();
    const reporter = createTerminalReporter({ output, unicode: true });
    for (const event of eventsOf(fullMarks).slice(0, 12)) reporter.onEvent(event);
    vi.advanceTimersByTime(500);
    reporter.finish?.();
    reporter.finish?.();
    expect(vi.getTimerCount()).toBe(0);
    expect(interpret(output.written, 80)).toEqual({
      lines: [...TERMINAL_LINES, ''],
      cursorVisible: true,
    });
  });

  it('throws at the next event, not from its timer, when the stream is gone', () => {
    let gone = false;
    const reporter = createTerminalReporter({
      output: {
        isTerminal: true,
        columns: 80,
        colors: false,
        write: () => {
          if (gone) throw new Error('EPIPE');
        },
      },
      unicode: true,
    });
    const [started, ...rest] = eventsOf(fullMarks);
    reporter.onEvent(started!);
    for (const event of rest.slice(0, 2)) reporter.onEvent(event);
    gone = true;
    expect(() => vi.advanceTimersByTime(200)).not.toThrow();
    expect(() => reporter.onEvent(rest[4]!)).toThrow('EPIPE');
  });

  it('draws twelve times a second at most, however much is logged', () => {
    let writes = 0;
    const output = { ...recordedScreen(), write: () => void writes++ };
    const reporter = createTerminalReporter({ output, unicode: true, verbose: true });
    const log = eventsOf(fullMarks).find((event) => event.type === 'log')!;
    for (let i = 0; i < 10_000; i++) reporter.onEvent(log);
    vi.advanceTimersByTime(1_000);
    reporter.finish?.();
    expect(writes).toBeLessThanOrEqual(14);
  });
});

describe('elsewhere', () => {
  const run = (options: { unicode: boolean; verbose?: boolean }, report = manyFailures) => {
    const output = recordedScreen({ isTerminal: false });
    const reporter = createTerminalReporter({ output, ...options });
    for (const event of eventsOf(report)) reporter.onEvent(event);
    reporter.onEvent({ type: 'run:finished', report });
    reporter.finish?.();
    return output.written;
  };

  it('writes a line for each thing that is done', () => {
    const lines = run({ unicode: true }).split('\n');
    expect(lines).toContain('✔ Start Postgres  0.4 s');
    expect(lines).toContain('✔ create-201          POST /tasks answers 201 (12 ms)');
  });

  it('leaves what was skipped to the table', () => {
    const lines = run({ unicode: true }).split('\n');
    expect(lines.filter((line) => line.startsWith('○'))).toEqual([]);
    expect(lines).toContain('    needs etag-304, which failed');
  });

  it.each([manyFailures, hostile])('writes no control character', (report) => {
    expect(run({ unicode: true, verbose: true }, report)).not.toMatch(
      /[\0-\x09\x0b-\x1f\x7f-\x9f]/,
    );
  });

  it('keeps to ASCII where the locale does', () => {
    expect(run({ unicode: false, verbose: true }, hostile)).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('passes on what the app writes if asked to', () => {
    expect(run({ unicode: true, verbose: true })).toContain('web.1 │ hello');
    expect(run({ unicode: true })).not.toContain('hello');
  });

  it('says a note once', () => {
    expect(run({ unicode: true }).split('No Docker engine').length).toBe(2);
  });
});
