import { expect, test } from 'vitest';
import { parseServices } from '../../../src/cli/services.ts';

test('names and URLs', () => {
  const given = ['postgres=postgres://me:a=b@db/x', 'redis=redis://:pw@db'];
  expect(parseServices(given)).toEqual({
    postgres: 'postgres://me:a=b@db/x',
    redis: 'redis://:pw@db',
  });
});

test.each([
  ['postgres://me:secret@db/x', 'postgres://***@db/x'],
  ['postgresql=postgres://me:secret@db/x', 'postgresql=postgres://***@db/x'],
  ['postgres://me:se@cret/of#mine?@db/x', 'postgres://***@db/x'],
  ['postgres://db/x?user=me&password=secret', 'postgres://db/x?***'],
  ['me:secret@db/x', '***@db/x'],
  ['mysql=x', 'mysql=x'],
])('%s is refused as %s', (text, shown) => {
  expect(() => parseServices([text])).toThrow(
    `--service ${shown}: expected <name>=<url> with one of postgres, redis as the name.`,
  );
});

test('the same name twice is refused', () => {
  const given = ['redis=redis://:secret@one', 'redis=redis://two'];
  expect(() => parseServices(given)).toThrow('--service redis is given twice.');
});
