import { expectNoTimeout, type Response, type Stage, untilInTime } from 'backend-labs/kit';

/** Milliseconds. An app chooses how long it waits for Redis, within the contract's 2 s; so soon hardly any gives up. */
const WAITED_MS = 100;

/** @throws {PerhapsStalled} 503 after a wait for Redis, which is there */
export const expectNoLate503 = (response: Response): void =>
  expectNoTimeout(response, { service: 'Redis', ms: WAITED_MS });

/** Begins a check again where `expectNoLate503` cut it short. Its rounds must not share clients, or not mind it. */
export function inRounds(stage: Stage): Stage {
  const again =
    <Context>(run: (context: Context) => Promise<void>) =>
    async (context: Context): Promise<void> => {
      await untilInTime(async () => {
        await run(context);
        return true;
      });
    };
  return stage.world === 'shared'
    ? { ...stage, checks: stage.checks.map((check) => ({ ...check, run: again(check.run) })) }
    : { ...stage, checks: stage.checks.map((check) => ({ ...check, run: again(check.run) })) };
}
