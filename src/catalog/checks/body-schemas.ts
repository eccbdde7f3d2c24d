import type { ErrorObject, ValidateFunction } from 'ajv';
import { messageOf } from '../../core/errors.ts';
import type { Violation } from '../../core/exchange.ts';
import { newAnswerAjv } from '../answer-ajv.ts';
import { violationOf } from '../openapi/schemas.ts';
import { usefulErrors } from '../schema-errors.ts';

export interface BodySchemas {
  /** Why a schema is none; undefined where it is one. */
  fault(schema: object | boolean): string | undefined;
  violations(schema: object | boolean, body: unknown): Violation[];
}

/** The JSON Schemas of a file of checks, each compiled once. */
export function createBodySchemas(): BodySchemas {
  const ajv = newAnswerAjv();
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
