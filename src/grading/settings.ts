import type { Grader, SettingValues, Stage } from '../kit/grader.ts';
import { createRandom } from '../kit/random.ts';

/** The grader's settings for one world's app; the same for the same seed. */
export function settingsFor(
  { env }: Pick<Grader, 'env'>,
  stage: Pick<Stage, 'id' | 'env'> | undefined,
  seed: string,
): SettingValues {
  const valuesOf = (settings: Grader['env'], scope: string): SettingValues =>
    typeof settings === 'function' ? settings(createRandom(seed, scope)) : (settings ?? {});
  return { ...valuesOf(env, 'env'), ...valuesOf(stage?.env, `env of ${stage?.id}`) };
}
