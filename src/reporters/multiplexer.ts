import { messageOf } from '../core/errors.ts';
import type { Reporter } from './port.ts';

/**
 * Several reporters as one that never throws. One that throws hears no further events; its `finish`
 * is still called, so that a terminal gets its cursor back. `onError` is told once a reporter, in a
 * sentence for people.
 */
export function multiplex(
  reporters: readonly Reporter[],
  onError: (message: string, error: unknown) => void,
): Required<Reporter> {
  const dropped = new Set<Reporter>();
  const drop = (reporter: Reporter, error: unknown) => {
    if (dropped.has(reporter)) return;
    dropped.add(reporter);
    onError(`The ${reporter.name} reporter failed and is left out: ${messageOf(error)}`, error);
  };
  const tell = (what: (reporter: Reporter) => void) => {
    for (const reporter of reporters) {
      if (dropped.has(reporter)) continue;
      try {
        what(reporter);
      } catch (error) {
        drop(reporter, error);
      }
    }
  };
  return {
    name: reporters.map((reporter) => reporter.name).join('+'),
    onEvent: (event) => tell((reporter) => reporter.onEvent(event)),
    onAbort: (reason) => tell((reporter) => reporter.onAbort?.(reason)),
    async finish() {
      await Promise.all(
        reporters.map(async (reporter) => {
          try {
            await reporter.finish?.();
          } catch (error) {
            drop(reporter, error);
          }
        }),
      );
    },
  };
}
