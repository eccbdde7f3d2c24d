import { PerhapsStalled, type Response, type Stage, untilInTime } from 'backend-labs/kit';

/** Milliseconds. An app chooses how long it waits for Redis, within the contract's 2 s; so soon hardly any gives up. */
const WAITED_MS = 100;

/**
 * @throws {PerhapsStalled} 503 after a wait. The app may never find Redis; or Redis, which is there, stood still for a
 *   moment with the rest of the machine, and the answer is the right one.
 */
export function expectNoLate503(response: Response): void {
  const { durationMs } = response.exchange;
  if (response.status !== 503 || durationMs < WAITED_MS) return;
  throw new PerhapsStalled(
    response.failure(
      'another answer than 503, since Redis is there',
      `status 503 after ${(durationMs / 1000).toFixed(1)} s`,
    ),
  );
}

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
