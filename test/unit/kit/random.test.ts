import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/kit/random.ts';

const sample = (seed: string, scope: string) => {
  const random = createRandom(seed, scope);
  return [
    random.integer(0, 1_000_000),
    random.uuid(),
    random.title(),
    random.word(12),
    random.shuffle([1, 2, 3, 4, 5, 6, 7, 8]),
    random.pick(['a', 'b', 'c']),
  ];
};

describe('random data', () => {
  it('is the same for the same seed and scope', () => {
    expect(sample('seed', 'check')).toEqual(sample('seed', 'check'));
  });

  it('is another for another seed, another scope, and where the two meet elsewhere', () => {
    const samples = [
      sample('seed', 'check'),
      sample('seed', 'other'),
      sample('other', 'check'),
      sample('seedc', 'heck'),
      sample('', ''),
    ].map((each) => JSON.stringify(each));
    expect(new Set(samples).size).toBe(samples.length);
  });

  it('does not depend on what another scope takes', () => {
    const a = createRandom('seed', 'a');
    const b = createRandom('seed', 'b');
    const mixed = Array.from({ length: 20 }, () => [a.integer(0, 9), b.integer(0, 9)][0]);
    const alone = createRandom('seed', 'a');
    expect(mixed).toEqual(Array.from({ length: 20 }, () => alone.integer(0, 9)));
  });

  it('of integers takes both ends, each about as often', () => {
    const random = createRandom('seed', 'check');
    const counts = Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i += 1) counts[random.integer(0, 9)]! += 1;
    for (const count of counts) {
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1_150);
    }
    expect(random.integer(7, 7)).toBe(7);
    expect(random.integer(-3, -3)).toBe(-3);
  });

  it('of UUIDs is version 4, and never the same twice', () => {
    const random = createRandom('seed', 'check');
    const ids = Array.from({ length: 2_000 }, () => random.uuid());
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of words begins with a letter and is as long as asked', () => {
    const random = createRandom('seed', 'check');
    for (let i = 0; i < 500; i += 1) expect(random.word()).toMatch(/^[a-z][a-z0-9]{7}$/);
    expect(random.word(1)).toMatch(/^[a-z]$/);
  });

  it('of titles has two to five words', () => {
    const random = createRandom('seed', 'check');
    for (let i = 0; i < 200; i += 1)
      expect(random.title()).toMatch(/^[A-Z][a-z0-9]{2,8}( [a-z][a-z0-9]{2,8}){1,4}$/);
  });

  it('shuffles a copy, and each order comes up', () => {
    const random = createRandom('seed', 'check');
    const values = [1, 2, 3];
    const orders = new Set(Array.from({ length: 200 }, () => random.shuffle(values).join()));
    expect(orders.size).toBe(6);
    expect(values).toEqual([1, 2, 3]);
  });

  it('cannot pick from nothing', () => {
    expect(() => createRandom('seed', 'check').pick([])).toThrow(RangeError);
  });
});
