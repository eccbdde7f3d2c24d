import { expect, it } from 'vitest';
import { renderError } from '../../../src/cli/render-error.ts';
import { interrupted } from '../../../src/core/errors.ts';
import type { Host } from '../../../src/platform/host.ts';

function rendered(error: unknown, signal = new AbortController().signal) {
  let text = '';
  const stderr = { write: (more: string) => (text += more), colors: false };
  const code = renderError(error, { stderr, signal } as unknown as Host);
  return { code, text };
}

it('an interruption promises nothing', () => {
  expect(rendered(interrupted())).toEqual({ code: 130, text: 'Interrupted.\n' });
  expect(rendered(new Error('aborted'), AbortSignal.abort())).toEqual({
    code: 130,
    text: 'Interrupted.\n',
  });
});

it('an interruption that left something says what, and the way on', () => {
  expect(rendered(interrupted(['Start Postgres, undone: gave up after 10 s'])).text).toBe(
    'Interrupted.\n' +
      '  Start Postgres, undone: gave up after 10 s\n' +
      'What to do: Run `labs clean` to remove what was left; on a server of yours, with its --service.\n',
  );
});
