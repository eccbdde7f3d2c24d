import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two looks; its histogram holds these too. */
const EVERY_MS = 20;
/** From here on an app may miss limits that it would keep elsewhere: one timer in a hundred so late, or any one. */
const USUAL_MS = 100;
const RARE_MS = 1_000;

/** How much later than due the timers of this process came, in milliseconds. */
export interface Lateness {
  /** One in a hundred came so late, or later. */
  oneInAHundredMs: number;
  mostMs: number;
}

/**
 * Watches how late this process's own timers come. What the app was late by while the grader was late too may be the
 * machine's: a failure that turns on time is then worth a second look.
 */
export function watchLateness(): { stop(): Lateness } {
  const delays = monitorEventLoopDelay({ resolution: EVERY_MS });
  delays.enable();
  return {
    stop: () => {
      delays.disable();
      const late = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e6) - EVERY_MS);
      return { oneInAHundredMs: late(delays.percentile(99)), mostMs: late(delays.max) };
    },
  };
}

/** What to say of it beside checks that failed; undefined where the machine had room. */
export function lateNote({ oneInAHundredMs, mostMs }: Lateness): string | undefined {
  if (oneInAHundredMs < USUAL_MS && mostMs < RARE_MS) return undefined;
  return (
    `This machine was too busy to trust every failure: timers of labs itself came late, one in a hundred by ` +
    `${seconds(oneInAHundredMs)} or more, and one by ${seconds(mostMs)}. ` +
    'Grade again with less running beside it before you look for a fault that only shows in time.'
  );
}

const seconds = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
