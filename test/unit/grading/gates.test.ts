import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { selectChecks } from '../../../src/grading/plan.ts';
import { SharedLock } from '../../../src/grading/shared-lock.ts';
import { Slots } from '../../../src/grading/slots.ts';
import { check, own, shared } from './fakes.ts';

/** An action that ends when told to. */
function task(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const run = async () => {
    log.push(`${name} begins`);
    await promise;
    log.push(`${name} ends`);
  };
  return { run, end: resolve, fail: reject };
}

const settle = () => sleep(1);

describe('slots', () => {
  it('admit in the order of asking, and count one that failed as free', async () => {
    const log: string[] = [];
    const slots = new Slots(1);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => task(log, name));
    const runs = [a, b, c].map((each) => slots.run(each!.run));
    await settle();
    expect(log).toEqual(['a begins']);
    a!.fail(new Error('a failed'));
    await expect(runs[0]).rejects.toThrow('a failed');
    b!.end();
    c!.end();
    await Promise.all(runs.slice(1));
    expect(log).toEqual(['a begins', 'b begins', 'b ends', 'c begins', 'c ends']);
    await slots.run(async () => {});
  });
});

describe('the lock', () => {
  it('lets many in together', async () => {
    const log: string[] = [];
    const lock = new SharedLock();
    const [a, b] = [task(log, 'a'), task(log, 'b')];
    const runs = [lock.together(a.run), lock.together(b.run)];
    await settle();
    expect(log).toEqual(['a begins', 'b begins']);
    a.end();
    b.end();
    await Promise.all(runs);
  });

  it('lets one in alone, after those who are in and before those who come later', async () => {
    const log: string[] = [];
    const lock = new SharedLock();
    const [first, alone, later, also] = ['first', 'alone', 'later', 'also'].map((n) =>
      task(log, n),
    );
    const runs = [
      lock.together(first!.run),
      lock.alone(alone!.run),
      lock.together(later!.run),
      lock.together(also!.run),
    ];
    await settle();
    expect(log).toEqual(['first begins']);
    first!.end();
    await settle();
    expect(log.slice(1)).toEqual(['first ends', 'alone begins']);
    alone!.end();
    await settle();
    expect(log.slice(3)).toEqual(['alone ends', 'later begins', 'also begins']);
    later!.end();
    also!.end();
    await Promise.all(runs);
  });

  it('is given back by one that failed', async () => {
    const lock = new SharedLock();
    const fails = async () => {
      throw new Error('x');
    };
    await expect(lock.alone(fails)).rejects.toThrow('x');
    await expect(lock.together(fails)).rejects.toThrow('x');
    expect(await lock.alone(async () => 'in')).toBe('in');
  });
});

describe('the plan', () => {
  const needs = (...ids: string[]) => ({ needs: ids });
  const stages = [
    shared(check('a'), check('b', undefined, needs('a')), check('c', undefined, needs('b'))),
    own('w', check('d'), check('e', undefined, needs('c'))),
  ];

  it('is all checks where nothing is asked for', () => {
    expect([...selectChecks({ lab: 'x', stages }, undefined)]).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('is what was asked for, and all that it needs', () => {
    const selected = selectChecks({ lab: 'x', stages }, ['b', 'd']);
    expect([...selected].toSorted()).toEqual(['a', 'b', 'd']);
    expect([...selectChecks({ lab: 'x', stages }, ['e'])].toSorted()).toEqual(['a', 'b', 'c', 'e']);
  });

  it('refuses a check that is not there', () => {
    expect(() => selectChecks({ lab: 'x', stages }, ['f'])).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: 'The lab x has no check `f`.',
        hint: 'Its checks: a, b, c, d, e.',
      }),
    );
  });

  it('refuses checks that need each other', () => {
    const circle = [shared(check('a', undefined, needs('b')), check('b', undefined, needs('a')))];
    expect(() => selectChecks({ lab: 'x', stages: circle }, undefined)).toThrow(
      expect.objectContaining({
        kind: 'bug',
        message: 'Checks of x wait for each other: a → b → a.',
      }),
    );
  });

  it('refuses checks that the order of an own world makes wait for each other', () => {
    const crossed = [
      own('v', check('a', undefined, needs('d')), check('b')),
      own('w', check('c', undefined, needs('b')), check('d')),
    ];
    expect(() => selectChecks({ lab: 'x', stages: crossed }, undefined)).toThrow(/wait for each/);
  });
});
