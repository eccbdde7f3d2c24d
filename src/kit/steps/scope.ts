import type { Values } from '../../core/checks-file.ts';
import type { Random } from '../random.ts';
import { filled, filledText, nameAlone } from './references.ts';

/** What names stand for in one try of a check. */
export interface Scope {
  /** Data with its names replaced. */
  fill(data: unknown): unknown;
  /** The same of a text, whose names stand for text then. */
  text(data: string): string;
  capture(name: string, value: unknown): void;
  /** Whether data is nothing but the name of what was captured. */
  isCaptured(data: unknown): boolean;
}

/** Each value is made when it is first wanted, and is then the same to the end. */
export function createScope(values: Values, random: Random): Scope {
  const made = new Map<string, unknown>();
  const captured = new Set<string>();
  const valueOf = (name: string): unknown => {
    if (!made.has(name)) made.set(name, make(values[name]));
    return made.get(name);
  };
  const make = (value: unknown) => (isDrawn(value) ? draw(value.random, random) : fill(value));
  const fill = (data: unknown) => filled(data, valueOf);
  return {
    fill,
    text: (data) => filledText(data, valueOf),
    capture: (name, value) => {
      made.set(name, value);
      captured.add(name);
    },
    isCaptured: (data) => captured.has(nameAlone(data) ?? ''),
  };
}

type Draw = 'title' | 'word' | 'uuid' | { word: number } | { integer: [number, number] } | Pick;
type Pick = { pick: readonly unknown[] };

export function isDrawn(value: unknown): value is { random: Draw } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'random');
}

function draw(what: Draw, random: Random): unknown {
  if (typeof what === 'string') return random[what]();
  if ('word' in what) return random.word(what.word);
  return 'pick' in what ? random.pick(what.pick) : random.integer(...what.integer);
}
