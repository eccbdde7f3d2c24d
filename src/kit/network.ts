import type { Faults } from '../network/faults.ts';

/** One proxy on the way from one process of the app to a service. */
export interface ServiceLink<Tap> {
  /** `web.2` */
  process: string;
  tap: Tap;
  faults: Faults;
}

/** What can go wrong on the way to a service. A fault takes effect at once, and lasts until `restore`. */
export interface Network extends Pick<Faults, 'cut' | 'refuse' | 'delay' | 'blackhole' | 'reset'> {
  /** Ends every fault; settles once connections are accepted again. */
  restore(): Promise<void>;
}

/** Does the same on every link. */
export function createNetwork(
  links: () => readonly Pick<ServiceLink<unknown>, 'faults'>[],
  signal: AbortSignal,
): Network {
  // A check that ran out of time may still be at work; the network is then another check's.
  const each = (action: (faults: Faults) => void) => {
    signal.throwIfAborted();
    for (const link of links()) action(link.faults);
  };
  return {
    cut: () => each((faults) => faults.cut()),
    refuse: () => each((faults) => faults.refuse()),
    delay: (ms) => each((faults) => faults.delay(ms)),
    blackhole: () => each((faults) => faults.blackhole()),
    reset: () => each((faults) => faults.reset()),
    restore: async () => {
      signal.throwIfAborted();
      await Promise.all(links().map((link) => link.faults.restore()));
    },
  };
}

/** The links of one process. Throws a RangeError where there is none of that name. */
export function linksOf<Tap>(
  links: readonly ServiceLink<Tap>[],
  process: string,
): readonly ServiceLink<Tap>[] {
  const found = links.filter((link) => link.process === process);
  if (found.length > 0) return found;
  const names = links.map((link) => link.process).join(', ') || 'none';
  throw new RangeError(`the app has no process ${process}; with a way to this service: ${names}`);
}
