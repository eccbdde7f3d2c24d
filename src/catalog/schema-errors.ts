import type { ErrorObject } from 'ajv';

/** An error of the validator, and for a choice what each of its branches wanted. */
export interface SchemaError extends ErrorObject {
  branches?: readonly ErrorObject[];
}

/**
 * The errors that people can use. The validator (run with `verbose`) reports what each branch of
 * an `anyOf` wanted and then the `anyOf` itself; here that is one error, or those deeper in the
 * data where one of the branches went further than the others.
 */
export function usefulErrors(errors: readonly ErrorObject[]): SchemaError[] {
  let kept: SchemaError[] = [];
  for (const error of errors) {
    if (error.propertyName !== undefined || error.keyword === 'if') continue;
    if (!isChoice(error)) {
      kept.push(error);
      continue;
    }
    const deeper = kept.some((e) => e.instancePath.startsWith(`${error.instancePath}/`));
    const branches = kept.filter((e) => isOfBranch(e, error));
    kept = kept.filter((e) => !branches.includes(e));
    if (!deeper || membersOf(error) !== undefined) kept.push({ ...error, branches });
  }
  return kept;
}

/** The members of a choice such as `oneOf: [{required: [a]}, {required: [b]}]`. */
export function membersOf(error: ErrorObject): string[] | undefined {
  if (!isChoice(error) || !Array.isArray(error.schema)) return undefined;
  const members = error.schema.map((branch: Record<string, unknown>) =>
    Object.keys(branch).join() === 'required' ? (branch['required'] as string[])[0] : undefined,
  );
  return members.every((member) => member !== undefined) ? members : undefined;
}

function isChoice(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf';
}

/** A branch behind a `$ref` has a path of its own; that it is about the same value must do. */
function isOfBranch(error: ErrorObject, choice: ErrorObject): boolean {
  if (error.instancePath !== choice.instancePath) return false;
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}/`) ||
    ['type', 'const', 'enum'].includes(error.keyword)
  );
}
