import { Ajv, type ValidateFunction } from 'ajv';
import checksSchema from '../../../schemas/checks.schema.json' with { type: 'json' };
import labSchema from '../../../schemas/lab.schema.json' with { type: 'json' };
import mutantSchema from '../../../schemas/mutant.schema.json' with { type: 'json' };
import workspaceSchema from '../../../schemas/workspace.schema.json' with { type: 'json' };

export const schemas = {
  lab: labSchema,
  workspace: workspaceSchema,
  mutant: mutantSchema,
  checks: checksSchema,
};

const compiled = new Map<keyof typeof schemas, ValidateFunction>();

/** Validates a manifest and puts its defaults in. */
export function validatorOf(kind: keyof typeof schemas): ValidateFunction {
  const validate = compiled.get(kind) ?? compile(kind);
  compiled.set(kind, validate);
  return validate;
}

function compile(kind: keyof typeof schemas): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    useDefaults: true,
    // A test holds the schemas against their meta-schema; doing it here would double the cost.
    meta: false,
    validateSchema: false,
    strictSchema: true,
    strictTypes: false,
  });
  ajv.addKeyword('patternErrorMessage');
  return ajv.compile(schemas[kind]);
}
