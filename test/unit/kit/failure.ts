import { expect } from 'vitest';
import { CheckFailure, type Failure } from '../../../src/core/failure.ts';

/** The failure that an action ends in; fails the test where it ends otherwise. */
export async function failureOf(action: () => unknown): Promise<Failure> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(CheckFailure);
    return (error as CheckFailure).failure;
  }
  throw new Error('expected a CheckFailure');
}

/** What a learner reads, on one line. */
export async function sentenceOf(action: () => unknown): Promise<string> {
  const { action: done, expected, actual } = await failureOf(action);
  return `${done} → expected ${expected}, got ${actual}`;
}
