import { expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { firstLines } from '../../../src/reporters/first-lines.ts';
import { mixed } from './samples/mixed.ts';

const line = (source: string, text: string): RunEvent => ({
  type: 'log',
  line: { at: 0, source, stream: 'stdout', text },
});
const FINISHED: RunEvent = { type: 'run:finished', report: mixed };

function listening() {
  const heard: string[] = [];
  const reporter = firstLines(
    {
      name: 'listener',
      onEvent(event) {
        if (event.type === 'log') heard.push(`${event.line.source}: ${event.line.text}`);
        else heard.push(event.type === 'note' ? event.text : event.type);
      },
      onAbort: (reason) => void heard.push(reason),
      finish: () => void heard.push('finish'),
    },
    2,
  );
  const say = (source: string, ...texts: string[]) => {
    for (const text of texts) reporter.onEvent(line(source, text));
  };
  return { heard, reporter, say };
}

it('tells the first lines of each process, and how many were left out before the report', () => {
  const { heard, reporter, say } = listening();
  say('web.1', 'a', 'b', 'c', 'd');
  say('web.2', 'a', 'b');
  say('web.1', 'e');
  reporter.onEvent(FINISHED);
  expect(heard).toEqual([
    'web.1: a',
    'web.1: b',
    'web.1 has written 2 lines: those that follow are counted only',
    'web.2: a',
    'web.2: b',
    'lines of web.1 that are left out: 3',
    'run:finished',
  ]);
});

it('tells it where there is no report, too, and passes on everything else', async () => {
  const { heard, reporter, say } = listening();
  reporter.onEvent({ type: 'note', text: 'hello' });
  say('build', 'a', 'b', 'c');
  reporter.onAbort?.('no engine');
  await reporter.finish?.();
  expect(heard).toEqual([
    'hello',
    'build: a',
    'build: b',
    'build has written 2 lines: those that follow are counted only',
    'lines of build that are left out: 1',
    'no engine',
    'finish',
  ]);
});
