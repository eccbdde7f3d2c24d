import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import reportSchema from '../../schemas/report.schema.json' with { type: 'json' };
import verifySchema from '../../schemas/verify.schema.json' with { type: 'json' };
import { expectationOf, JSON_NOUNS } from './expectation.ts';
import { quote } from './quote.ts';
import { type SchemaError, usefulErrors } from './schema-errors.ts';

/** Nobody reads more. */
const MAX_PROBLEMS = 10;

/** What labs writes and reads again. */
const SCHEMAS = { report: reportSchema, verify: verifySchema };

const compiled = new Map<keyof typeof SCHEMAS, ValidateFunction>();

/** Where a value departs from the schema of its kind, in sentences; none if it conforms. */
export function problemsOf(kind: keyof typeof SCHEMAS, value: unknown): string[] {
  const validate = compiled.get(kind) ?? compile(kind);
  compiled.set(kind, validate);
  if (validate(value)) return [];
  const problems = usefulErrors(validate.errors ?? []).map(sentence);
  const rest = problems.length - MAX_PROBLEMS;
  return [...problems.slice(0, MAX_PROBLEMS), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

function compile(kind: keyof typeof SCHEMAS): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strictTypes: false,
    strictRequired: false,
  });
  formats.default(ajv);
  return ajv.compile(SCHEMAS[kind]);
}

function sentence(error: SchemaError): string {
  const at = error.instancePath === '' ? 'the document' : error.instancePath;
  if (error.keyword === 'required')
    return `${at}: ${quote(error.params['missingProperty'])} is missing`;
  if (error.keyword === 'additionalProperties')
    return `${at}: there is no ${quote(error.params['additionalProperty'])} in a report`;
  return `${at}: expected ${expectationOf(error, JSON_NOUNS)}, got ${quote(error.data)}`;
}
