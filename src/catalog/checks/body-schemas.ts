import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { messageOf } from '../../core/errors.ts';
import type { Violation } from '../../core/exchange.ts';
import { violationOf } from '../openapi/schemas.ts';
import { usefulErrors } from '../schema-errors.ts';

export interface BodySchemas {
  /** Why a schema is none; undefined where it is one. */
  fault(schema: object | boolean): string | undefined;
  violations(schema: object | boolean, body: unknown): Violation[];
}

/** The JSON Schemas of a file of checks, each compiled once. */
export function createBodySchemas(): BodySchemas {
  const ajv = new Ajv2020({
    verbose: true,
    strictTypes: false,
    ownProperties: true,
    logger: false,
  });
  formats.default(ajv);
  const compiled = new Map<object | boolean, ValidateFunction>();
  const validatorOf = (schema: object | boolean): ValidateFunction => {
    const validate = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, validate);
    return validate;
  };
  return {
    fault: (schema) => {
      try {
        validatorOf(schema);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
    violations: (schema, body) => {
      const validate = validatorOf(schema);
      return validate(body) ? [] : usefulErrors(validate.errors as ErrorObject[]).map(violationOf);
    },
  };
}
