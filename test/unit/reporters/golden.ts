import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const DIRECTORY = new URL('../../golden/reporters/', import.meta.url);

/** Compares with `test/golden/reporters/<name>`; UPDATE_GOLDEN=1 records it anew. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(name, DIRECTORY);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
