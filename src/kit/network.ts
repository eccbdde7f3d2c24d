import type { IncidentKind } from '../core/timeline.ts';
import type { Faults } from '../network/faults.ts';
import type { Incidents } from './incidents.ts';

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

/** Whose way it is, and where what is done to it goes on record. */
export interface NetworkRecord {
  incidents: Incidents;
  /** As people call it: `Postgres`. */
  service: string;
  /** The one process whose way it is, where it is not that of all. */
  process?: string;
}

const WAYS = {
  both: 'each way',
  upstream: 'on the way there',
  downstream: 'on the way back',
};

/** Does the same on every link. */
export function createNetwork(
  links: () => readonly Pick<ServiceLink<unknown>, 'faults'>[],
  signal: AbortSignal,
  { incidents, service, process }: NetworkRecord,
): Network {
  const incident = (kind: IncidentKind, text: string) => ({
    kind,
    target: service,
    ...(process !== undefined && { process }),
    text,
  });
  // A check that ran out of time may still be at work; the network is then another check's.
  const each = (action: (faults: Faults) => void) => {
    signal.throwIfAborted();
    for (const link of links()) action(link.faults);
  };
  const become = (kind: IncidentKind, text: string, action: (faults: Faults) => void) => {
    each(action);
    incidents.beginFault(incident(kind, text));
  };
  return {
    cut: () => become('cut', 'connections cut, new ones refused', (faults) => faults.cut()),
    refuse: () => become('refuse', 'new connections refused', (faults) => faults.refuse()),
    delay: (ms, options = {}) =>
      become('delay', `delayed by ${ms} ms ${WAYS[options.only ?? 'both']}`, (faults) =>
        faults.delay(ms, options),
      ),
    blackhole: () =>
      become('blackhole', 'connections stay open, nothing passes', (faults) => faults.blackhole()),
    reset: () => {
      each((faults) => faults.reset());
      incidents.moment(incident('reset', 'connections reset'));
    },
    restore: async () => {
      signal.throwIfAborted();
      await Promise.all(links().map((link) => link.faults.restore()));
      incidents.endFaults(service, process);
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
