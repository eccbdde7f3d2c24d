import type { Incident } from '../core/timeline.ts';

type Beginning = Omit<Incident, 'startedAt' | 'durationMs'>;

/** Puts on record what goes wrong on purpose. */
export interface Incidents {
  /** Those so far; what goes on still is over now. */
  readonly list: readonly Incident[];
  /** Something that took but a moment. */
  moment(incident: Beginning): void;
  /** Something that lasts until what comes back is called. */
  begin(incident: Beginning): () => void;
  /** Something that lasts as long as the action takes, whatever comes of it. */
  during<T>(incident: Beginning, action: () => Promise<T>): Promise<T>;
  /** A fault of a network, which takes the place of the one before; it lasts until `endFaults`. */
  beginFault(incident: Beginning): void;
  /** @param process ends those that it alone feels; all where none is named */
  endFaults(target: string, process?: string): void;
}

export function createIncidents(now: () => number): Incidents {
  const list: (Incident & { open?: true })[] = [];
  const faults = new Map<() => void, Beginning>();

  function begin(incident: Beginning): () => void {
    const place = list.push({ ...incident, startedAt: now(), open: true }) - 1;
    return () => {
      const { open, ...ended } = list[place]!;
      if (open) list[place] = { ...ended, durationMs: now() - ended.startedAt };
    };
  }

  function endFaults(target: string, process?: string): void {
    for (const [end, fault] of faults) {
      if (fault.target !== target) continue;
      if (process !== undefined && fault.process !== process) continue;
      end();
      faults.delete(end);
    }
  }

  return {
    get list() {
      return list.map(({ open, ...incident }) =>
        open ? { ...incident, durationMs: now() - incident.startedAt } : incident,
      );
    },
    moment: (incident) => void list.push({ ...incident, startedAt: now() }),
    begin,
    during: async (incident, action) => {
      const end = begin(incident);
      try {
        return await action();
      } finally {
        end();
      }
    },
    beginFault: (incident) => {
      endFaults(incident.target, incident.process);
      faults.set(begin(incident), incident);
    },
    endFaults,
  };
}
