import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random data that the same seed makes again. */
export interface Random {
  /** From `min` to `max`, both included. */
  integer(min: number, max: number): number;
  pick<T>(values: readonly T[]): T;
  shuffle<T>(values: readonly T[]): T[];
  /** `length` lower-case letters and digits, the first one a letter. */
  word(length?: number): string;
  /** A random (version 4) UUID. */
  uuid(): string;
  /** Two to five words, capitalised like a title. */
  title(): string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const LETTERS_AND_DIGITS = `${LETTERS}0123456789`;

/** The same for the same seed and scope, whatever runs beside it. */
export function createRandom(seed: string, scope: string): Random {
  const digest = createHash('sha256').update(`${seed}\0${scope}`).digest();
  const generator = xoroshiro128plus(digest.readInt32LE(0));
  const integer = (min: number, max: number) => uniformInt(generator, min, max);
  const pick = <T>(values: readonly T[]): T => {
    if (values.length === 0) throw new RangeError('pick: expected at least one value');
    return values[integer(0, values.length - 1)] as T;
  };
  const letter = (alphabet: string) => alphabet.charAt(integer(0, alphabet.length - 1));
  const word = (length = 8) =>
    letter(LETTERS) + Array.from({ length: length - 1 }, () => letter(LETTERS_AND_DIGITS)).join('');
  return {
    integer,
    pick,
    word,
    shuffle: (values) => {
      const shuffled = [...values];
      for (let i = shuffled.length - 1; i > 0; i -= 1) {
        const j = integer(0, i);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      return shuffled;
    },
    uuid: () => {
      const bytes = Buffer.from(Array.from({ length: 16 }, () => integer(0, 255)));
      bytes[6] = (bytes[6]! & 0x0f) | 0x40;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      const hex = bytes.toString('hex');
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20),
      ].join('-');
    },
    title: () => {
      const words = Array.from({ length: integer(2, 5) }, () => word(integer(3, 9)));
      const text = words.join(' ');
      return text.charAt(0).toUpperCase() + text.slice(1);
    },
  };
}
