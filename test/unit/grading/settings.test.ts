import { describe, expect, it } from 'vitest';
import { settingsFor } from '../../../src/grading/settings.ts';
import type { Random } from '../../../src/kit/random.ts';

const env = (random: Random) => ({ LIMIT: String(random.integer(1, 1_000_000)), WINDOW: '2' });

describe('settings', () => {
  it('are the same for the same seed, in every world', () => {
    const shared = settingsFor({ env }, undefined, 'a');
    expect(settingsFor({ env }, undefined, 'a')).toEqual(shared);
    expect(settingsFor({ env }, { id: 'own' }, 'a')).toEqual(shared);
    expect(settingsFor({ env }, undefined, 'b')).not.toEqual(shared);
  });

  it('of a stage stand over those of the grader, and are drawn by themselves', () => {
    const own = settingsFor({ env }, { id: 'own', env: { WINDOW: '9' } }, 'a');
    expect(own).toEqual({ ...settingsFor({ env }, undefined, 'a'), WINDOW: '9' });
    const drawn = (id: string) => settingsFor({}, { id, env }, 'a');
    expect(drawn('one')).toEqual(drawn('one'));
    expect(drawn('one')).not.toEqual(drawn('two'));
  });

  it('may be none', () => {
    expect(settingsFor({}, undefined, 'a')).toEqual({});
  });
});
