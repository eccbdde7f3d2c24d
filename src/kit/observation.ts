import { bug } from '../core/errors.ts';
import { CheckFailure } from '../core/failure.ts';
import type { ServiceLink } from './network.ts';

/** What taps of all services have in common. */
export interface Observed<Seen, Answered extends Seen & Ended> {
  mark(): number;
  since(mark: number): readonly Answered[];
  waitFor(
    predicate: (seen: Seen) => boolean,
    options: { timeoutMs: number; signal: AbortSignal },
  ): Promise<Seen>;
  readonly opaqueConnections: readonly { reason: string }[];
}

interface Ended {
  startedAt: number;
  durationMs: number;
}

export type Marks = ReadonlyMap<unknown, number>;

/** This moment, on every link. */
export function marksOf(links: readonly ServiceLink<{ mark(): number }>[]): Marks {
  return new Map(links.map(({ tap }) => [tap, tap.mark()]));
}

/**
 * What was answered since then on any link, in the order of the answers.
 * @param service as failures name it: `Redis`
 * @throws {LabsError} bug: not all of the traffic could be followed
 */
export function answeredSince<Seen, Answered extends Seen & Ended>(
  service: string,
  links: readonly ServiceLink<Observed<Seen, Answered>>[],
  marks: Marks,
): Answered[] {
  const [opaque] = links.flatMap(({ tap }) => tap.opaqueConnections);
  if (opaque !== undefined)
    throw bug(`The app's traffic with ${service} could not be followed: ${opaque.reason}.`);
  return links
    .flatMap(({ tap }) => tap.since(marks.get(tap) ?? 0))
    .sort((a, b) => a.startedAt + a.durationMs - (b.startedAt + b.durationMs));
}

/** @throws {CheckFailure} nothing that matches came on any link in time */
export async function seenOnAny<Seen, Answered extends Seen & Ended>(
  links: readonly ServiceLink<Observed<Seen, Answered>>[],
  matches: (seen: Seen) => boolean,
  { withinMs, what, signal, otherwise }: SeenOptions & { signal: AbortSignal; otherwise: string },
): Promise<void> {
  const found = links.map(({ tap }) => tap.waitFor(matches, { timeoutMs: withinMs, signal }));
  try {
    await Promise.any(found);
  } catch {
    signal.throwIfAborted();
    throw new CheckFailure({
      action: '',
      expected: `${what} within ${withinMs / 1000} s`,
      actual: otherwise,
      evidence: [],
    });
  }
}

export interface SeenOptions {
  withinMs: number;
  /** For the failure: `an UPDATE of the task`. */
  what: string;
}
