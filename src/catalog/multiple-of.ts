/**
 * Whether a number is a multiple of another as both are written. Of doubles the quotient tells little:
 * 19.99 / 0.01 is 1998.9999999999998.
 */
export function isMultipleOf(value: number, factor: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isInteger(value) && Number.isInteger(factor)) return value % factor === 0;
  const [one, other] = [decimalOf(value), decimalOf(factor)];
  const places = Math.max(one.places, other.places);
  return scaled(one, places) % scaled(other, places) === 0n;
}

/** `digits` / 10 ** `places`. */
interface Decimal {
  digits: bigint;
  places: number;
}

/** The shortest decimal that is read as this number, as it was written if in no more than 15 digits. */
function decimalOf(value: number): Decimal {
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const fraction = digits.split('.')[1] ?? '';
  return { digits: BigInt(digits.replace('.', '')), places: fraction.length - Number(exponent) };
}

const scaled = ({ digits, places }: Decimal, to: number) => digits * 10n ** BigInt(to - places);
