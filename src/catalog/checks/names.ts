import type { Values } from '../../core/checks-file.ts';
import { piecesOf } from '../../kit/steps/references.ts';
import { isDrawn } from '../../kit/steps/scope.ts';
import type { Path } from '../yaml/document.ts';

/** The names that stand in texts of some data, each with the path to its text. */
export function* referencesIn(
  data: unknown,
  path: Path = [],
): Generator<{ name: string; path: Path }> {
  if (typeof data === 'string') {
    for (const piece of piecesOf(data))
      if (typeof piece === 'object') yield { name: piece.name, path };
  } else if (Array.isArray(data)) {
    for (const [index, item] of data.entries()) yield* referencesIn(item, [...path, index]);
  } else if (typeof data === 'object' && data !== null) {
    for (const [key, member] of Object.entries(data)) yield* referencesIn(member, [...path, key]);
  }
}

/** Where draws stand inside of a value. */
export function* drawnIn(value: unknown, path: Path): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  if (isDrawn(value)) yield path;
  else for (const [key, member] of Object.entries(value)) yield* drawnIn(member, [...path, key]);
}

/** The first circle of values that stand for each other, its beginning again at the end. */
export function cycleIn(values: Values): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name) || isDrawn(values[name])) return undefined;
    for (const reference of referencesIn(values[name])) {
      const cycle = visit(reference.name, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(values)) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
