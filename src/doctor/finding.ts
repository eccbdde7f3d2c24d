/** What one check found out about this machine. */
export interface Finding {
  id: string;
  /** A word or two: `Redis`. */
  title: string;
  /** `missing`: the labs named here cannot be graded; `warning`: they can, but read on. */
  state: 'ok' | 'warning' | 'missing';
  /** Version and place, or that there is none. */
  found: string;
  /** What follows from it for the labs; empty where all is well. */
  meaning: string;
  /** Ids of the labs that it concerns. */
  labs: readonly string[];
  /** Continues “cannot be graded: ”, where labs cannot. */
  lack?: string;
  /** The way on, in words. */
  advice?: string;
  fix?: Fix;
}

export interface Fix {
  /** Continues “What to do: ”, in the imperative. */
  description: string;
  /** Run one after the other; the last one decides whether it worked. */
  command: readonly (readonly string[])[];
  /** Whether they need root. */
  privileged: boolean;
  /** How long what they start may take until it answers, in milliseconds. */
  settleMs?: number;
}

/** A lab and the kinds of services that its manifest names. */
export interface LabNeeds {
  id: string;
  services: readonly string[];
}

export function labsNeeding(labs: readonly LabNeeds[], service: string): string[] {
  return labs.filter(({ services }) => services.includes(service)).map(({ id }) => id);
}

export function allLabs(labs: readonly LabNeeds[]): string[] {
  return labs.map(({ id }) => id);
}
