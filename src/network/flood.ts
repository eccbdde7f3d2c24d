/**
 * How many records a tap keeps, and how many requests it follows before they are answered: far more
 * than a check makes a good app send, and 12 MB of the shortest.
 */
export const MOST_KEPT = 50_000;

/** A client has more under way than a tap follows: its own doing, not a fault of what reads it. */
export class Flood extends Error {
  override readonly name = 'Flood';
}

/** In words: `more than 50,000 commands`. */
export function moreThan(most: number, what: string): string {
  return `more than ${most.toLocaleString('en-US')} ${what}`;
}
