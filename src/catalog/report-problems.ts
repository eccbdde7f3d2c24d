import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import reportSchema from '../../schemas/report.schema.json' with { type: 'json' };
import { expectationOf, JSON_NOUNS } from './expectation.ts';
import { quote } from './quote.ts';
import { type SchemaError, usefulErrors } from './schema-errors.ts';

/** Nobody reads more. */
const MAX_PROBLEMS = 10;

let compiled: ValidateFunction | undefined;

/** Where a value departs from the schema of reports, in sentences; none if it conforms. */
export function problemsOfReport(value: unknown): string[] {
  compiled ??= compile();
  if (compiled(value)) return [];
  const problems = usefulErrors(compiled.errors ?? []).map(sentence);
  const rest = problems.length - MAX_PROBLEMS;
  return [...problems.slice(0, MAX_PROBLEMS), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

function compile(): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strictTypes: false,
    strictRequired: false,
  });
  formats.default(ajv);
  return ajv.compile(reportSchema);
}

function sentence(error: SchemaError): string {
  const at = error.instancePath === '' ? 'the document' : error.instancePath;
  if (error.keyword === 'required')
    return `${at}: ${quote(error.params['missingProperty'])} is missing`;
  if (error.keyword === 'additionalProperties')
    return `${at}: there is no ${quote(error.params['additionalProperty'])} in a report`;
  return `${at}: expected ${expectationOf(error, JSON_NOUNS)}, got ${quote(error.data)}`;
}
