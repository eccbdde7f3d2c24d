import { bug } from '../core/errors.ts';
import { CheckFailure } from '../core/failure.ts';
import type { Observation } from '../network/observation.ts';
import type { ServiceLink } from './network.ts';

/** What taps of all services have in common. */
export interface Observed<Seen, Answered extends Seen & Ended> extends Observation<Answered> {
  waitFor(
    predicate: (seen: Seen) => boolean,
    options: { timeoutMs: number; signal: AbortSignal },
  ): Promise<Seen>;
}

interface Ended {
  startedAt: number;
  durationMs: number;
}

/** Lines of evidence. */
const SHOWN = 6;

export type Marks = ReadonlyMap<unknown, number>;

/** This moment, on every link. */
export function marksOf(links: readonly ServiceLink<{ mark(): number }>[]): Marks {
  return new Map(links.map(({ tap }) => [tap, tap.mark()]));
}

/** What a service is, and what goes to it, for failures. */
export interface Service<Answered> {
  /** `Redis` */
  name: string;
  /** `RESP (Redis serialization protocol)` */
  protocol: string;
  /** As evidence, one line each. */
  lines(records: readonly Answered[]): string[];
}

/** Lets go of what was answered so far; the next mark begins anew. */
export function forgetAnswered(links: readonly ServiceLink<{ forget(): void }>[]): void {
  for (const { tap } of links) tap.forget();
}

/**
 * What was answered since then on any link, in the order of the answers.
 * @throws {CheckFailure} it is more than is kept, or the app did not keep to the protocol: what can be read
 * is not all, whatever is looked for
 * @throws {LabsError} bug: not all of the traffic could be followed
 */
export function answeredSince<Seen, Answered extends Seen & Ended>(
  service: Service<Answered>,
  links: readonly ServiceLink<Observed<Seen, Answered>>[],
  marks: Marks,
): Answered[] {
  expectFollowed(service, links, marks);
  return links
    .flatMap(({ tap }) => tap.since(marks.get(tap) ?? 0))
    .sort((a, b) => a.startedAt + a.durationMs - (b.startedAt + b.durationMs));
}

function expectFollowed<Seen, Answered extends Seen & Ended>(
  service: Service<Answered>,
  links: readonly ServiceLink<Observed<Seen, Answered>>[],
  marks: Marks,
): void {
  expectNoExcess(service, links, marks);
  const opaque = links.flatMap(({ process, tap }) =>
    tap.opaqueSince(marks.get(tap) ?? 0).map((connection) => ({ process, ...connection })),
  );
  const own = opaque.find(({ byClient }) => byClient);
  if (own !== undefined) throw notTheProtocol(service, own);
  const [other] = opaque;
  if (other !== undefined)
    throw bug(`The app's traffic with ${service.name} could not be followed: ${other.reason}.`);
}

function notTheProtocol(
  { name, protocol }: Pick<Service<never>, 'name' | 'protocol'>,
  { process, reason }: { process: string; reason: string },
): CheckFailure {
  return new CheckFailure({
    action: '',
    expected: `${process} to speak to ${name} in ${protocol} alone, so that what it sends can be counted`,
    actual: `a connection that could not be followed: ${reason}`,
    evidence: [],
    hint: `Leave what is sent to ${name} to a driver. Look for what else uses its address: a health check over HTTP, a client with TLS, bytes of your own.`,
  });
}

/** @throws {CheckFailure} the app sent more than is kept, or can be followed */
function expectNoExcess<Seen, Answered extends Seen & Ended>(
  { name, lines }: Service<Answered>,
  links: readonly ServiceLink<Observed<Seen, Answered>>[],
  marks: Marks,
): void {
  for (const { process, tap } of links) {
    const mark = marks.get(tap) ?? 0;
    const excess = tap.excessSince(mark);
    if (excess === undefined) continue;
    const some = lines(tap.since(mark).slice(-SHOWN));
    throw new CheckFailure({
      action: '',
      expected: `${process} to send ${name} no more than labs keeps on record of a check`,
      actual: excess,
      evidence:
        some.length === 0
          ? []
          : [{ kind: 'statements', title: 'The last that are on record', statements: some }],
      hint: `Look for a loop that asks ${name} without a pause: one that polls, or that tries again and again.`,
    });
  }
}

/** @throws {CheckFailure} nothing that matches came on any link in time */
export async function seenOnAny<Seen, Answered extends Seen & Ended>(
  service: Service<Answered>,
  links: readonly ServiceLink<Observed<Seen, Answered>>[],
  matches: (seen: Seen) => boolean,
  { withinMs, what, signal, otherwise }: SeenOptions & { signal: AbortSignal; otherwise: string },
): Promise<void> {
  const begin = marksOf(links);
  const found = links.map(({ tap }) => tap.waitFor(matches, { timeoutMs: withinMs, signal }));
  try {
    await Promise.any(found);
  } catch {
    signal.throwIfAborted();
    // On a connection that is no longer followed it may have come.
    expectFollowed(service, links, begin);
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
