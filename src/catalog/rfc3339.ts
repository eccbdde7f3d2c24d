import type { Ajv2020 } from 'ajv/dist/2020.js';
import formats, { type FormatName } from 'ajv-formats';

/** RFC 3339, section 5.6; T and Z may be in lower case. */
const TIME = String.raw`\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`;
const GRAMMARS: readonly (readonly [FormatName, RegExp])[] = [
  ['date-time', new RegExp(String.raw`^\d{4}-\d\d-\d\dT${TIME}`, 'i')],
  ['time', new RegExp(`^${TIME}`, 'i')],
];

/**
 * Holds points in time to RFC 3339. The package takes a space for the T, and `+00` and `+0000` for an
 * offset; that there is such a day, and such a leap second, it knows.
 */
export function addRfc3339(ajv: Ajv2020): void {
  for (const [name, grammar] of GRAMMARS) {
    const { validate } = formats.default.get(name) as { validate: (text: string) => boolean };
    ajv.addFormat(name, (text: string) => grammar.test(text) && validate(text));
  }
}
