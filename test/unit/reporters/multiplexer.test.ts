import { expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { multiplex } from '../../../src/reporters/multiplexer.ts';
import type { Reporter } from '../../../src/reporters/port.ts';

const NOTE: RunEvent = { type: 'note', text: 'hello' };

function recorder(name: string): Reporter & { heard: string[] } {
  const heard: string[] = [];
  return {
    name,
    heard,
    onEvent: (event) => void heard.push(event.type),
    finish: () => void heard.push('finish'),
  };
}

it('drops a reporter that throws, once, and still lets it tidy up', async () => {
  const good = recorder('good');
  const bad = recorder('bad');
  bad.onEvent = () => {
    throw new Error('the stream is gone');
  };
  const notes: string[] = [];
  const all = multiplex([bad, good], (note) => notes.push(note));
  all.onEvent(NOTE);
  all.onEvent(NOTE);
  await all.finish();
  expect(good.heard).toEqual(['note', 'note', 'finish']);
  expect(bad.heard).toEqual(['finish']);
  expect(notes).toEqual(['The bad reporter failed and is left out: the stream is gone']);
});

it('never rejects', async () => {
  const good = recorder('good');
  const slow: Reporter = {
    name: 'slow',
    onEvent: () => {},
    finish: () => Promise.reject(new Error('the disk is full')),
  };
  const notes: string[] = [];
  const all = multiplex([slow, { name: 'mute', onEvent: () => {} }, good], (note) =>
    notes.push(note),
  );
  await all.finish();
  expect(good.heard).toEqual(['finish']);
  expect(notes).toEqual(['The slow reporter failed and is left out: the disk is full']);
});
