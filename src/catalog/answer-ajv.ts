import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isMultipleOf } from './multiple-of.ts';
import { addRfc3339 } from './rfc3339.ts';

/** A validator of what apps answer, by a contract or by a check's own schema. */
export function newAnswerAjv(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({
    verbose: true,
    strictTypes: false,
    ownProperties: true,
    logger: false,
    ...options,
  });
  formats.default(ajv);
  addRfc3339(ajv);
  ajv.removeKeyword('multipleOf');
  return ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    metaSchema: { exclusiveMinimum: 0 },
    validate: (factor: number, value: number) => isMultipleOf(value, factor),
  }) as Ajv2020;
}
