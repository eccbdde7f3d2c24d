import { expect, it } from 'vitest';
import { createMeter } from '../../../src/cli/meter.ts';

function written(isTerminal: boolean) {
  const texts: string[] = [];
  let at = 0;
  const output = {
    write: (text: string) => void texts.push(text),
    isTerminal,
    columns: 20,
    colors: false,
  };
  const meter = createMeter(output, () => at);
  const say = (ms: number, text: string) => {
    at = ms;
    meter.say(text);
  };
  return { texts, say, end: () => meter[Symbol.dispose]() };
}

it('in a log: each piece of work at once, how far it is every ten seconds', () => {
  const { texts, say, end } = written(false);
  say(0, 'pulling a: 1 of 30 MB');
  say(500, 'pulling a: 2 of 30 MB');
  say(600, 'pulling b: 1 of 9 MB');
  say(10_700, 'pulling b: 2 of 9 MB');
  end();
  expect(texts).toEqual([
    'pulling a: 1 of 30 MB\n',
    'pulling b: 1 of 9 MB\n',
    'pulling b: 2 of 9 MB\n',
  ]);
});

it('on a terminal: one line, no wider than that, gone in the end', () => {
  const { texts, say, end } = written(true);
  say(0, 'pulling a');
  say(50, 'pulling something with a long name\u001b[2J\nand more');
  end();
  const clear = '\r\u001b[K';
  expect(texts).toEqual([`${clear}pulling a`, `${clear}pulling something w`, clear]);
});
