import { distance } from 'fastest-levenshtein';

/** The candidate that was probably meant; undefined where none is close. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const given = word.slice(0, 64).toLowerCase();
  // A third of the word may be wrong; two swapped letters count as two.
  let best = Math.max(given.length < 4 ? 1 : 2, Math.floor(given.length / 3)) + 1;
  let found: string | undefined;
  for (const candidate of candidates) {
    const apart = distance(given, candidate.toLowerCase());
    if (apart < best) {
      best = apart;
      found = candidate;
    }
  }
  return found;
}

/** `; did you mean "start"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}
