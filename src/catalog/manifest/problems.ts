import { partsOf } from '../../core/json-pointer.ts';
import { either, expectationOf, YAML_NOUNS } from '../expectation.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { quote } from '../quote.ts';
import { membersOf, type SchemaError, usefulErrors } from '../schema-errors.ts';
import type { Path, YamlDocument } from '../yaml/document.ts';
import type { Problem } from '../yaml/problem.ts';

/** Nobody reads more, and each costs a search for its place. */
const MAX_PROBLEMS = 100;

/** The validator's errors as sentences, each at its place in the file. */
export function problemsOf(
  document: YamlDocument,
  errors: Parameters<typeof usefulErrors>[0],
): Problem[] {
  const useful = usefulErrors(errors).slice(0, MAX_PROBLEMS);
  const misspelt = new Set(useful.map(meantBy));
  return useful
    .filter((error) => !missingMembers(error).some((name) => misspelt.has(nameIn(error, name))))
    .map((error) => problemOf(document, error));
}

function problemOf(document: YamlDocument, error: SchemaError): Problem {
  const path = pathOf(error.instancePath);
  const missing = missingMembers(error);
  const { params } = error;
  if (params['passingSchemas']) return oneTooMany(document, path, membersOf(error) ?? []);
  if (missing.length > 0) return missingKey(document, path, missing);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(document, path, error);
    case 'propertyNames': {
      const key = String(params['propertyName']);
      return {
        span: document.keySpan([...path, key]),
        message: `the name ${quote(key)} in ${dotted(path)} ${rule(error.schema)}`,
      };
    }
    default:
      return wrongValue(document, path, error);
  }
}

function missingKey(document: YamlDocument, path: Path, missing: readonly string[]): Problem {
  const keys = either(missing.map((name) => `"${name}"`));
  const where = path.length === 0 ? '' : ` in ${dotted(path)}`;
  return {
    span: document.keySpan(path),
    message: `the key ${keys} is missing${where}`,
    hint: missing[0] === 'formatVersion' ? 'Add the line "formatVersion: 1".' : undefined,
  };
}

function unknownKey(document: YamlDocument, path: Path, error: SchemaError): Problem {
  const key = String(error.params['additionalProperty']);
  const known = knownKeys(error);
  const where = path.length === 0 ? '' : ` in ${dotted(path)}`;
  const meant = didYouMean(key, candidates(error));
  return {
    span: document.keySpan([...path, key]),
    message: `there is no key ${quote(key)}${where}${meant || `; known are ${known.join(', ')}`}`,
  };
}

function wrongValue(document: YamlDocument, path: Path, error: SchemaError): Problem {
  const { data, keyword } = error;
  const expectation = expectationOf(error, YAML_NOUNS);
  const must = rule(error.parentSchema, keyword) ?? `must be ${expectation}`;
  const wantsText = expectation.startsWith('a string');
  const meant =
    keyword === 'enum' && typeof data === 'string'
      ? didYouMean(data, error.schema as string[])
      : '';
  const number = wantsText && typeof data === 'number' ? 'the number ' : '';
  return {
    span: document.valueSpan(path),
    message: `${dotted(path)} ${must}, not ${number}${named(data)}${meant}`,
    hint:
      wantsText && (typeof data === 'number' || typeof data === 'boolean')
        ? `Put it in quotes: "${data}".`
        : undefined,
  };
}

function oneTooMany(document: YamlDocument, path: Path, members: readonly string[]): Problem {
  return {
    span: document.keySpan([...path, members.at(-1) ?? '']),
    message: `${members.map((name) => `"${name}"`).join(' and ')} exclude each other`,
    hint: 'Keep one of them.',
  };
}

/** The schema's own words for its pattern, which editors show too. */
function rule(schema: unknown, keyword = 'pattern'): string | undefined {
  if (keyword !== 'pattern') return undefined;
  return (schema as { patternErrorMessage?: string }).patternErrorMessage ?? 'is not allowed';
}

function missingMembers(error: SchemaError): readonly string[] {
  if (error.keyword === 'required') return [String(error.params['missingProperty'])];
  return error.params['passingSchemas'] ? [] : (membersOf(error) ?? []);
}

/** The member that an unknown key was probably meant to be: that it is missing needs no saying. */
function meantBy(error: SchemaError): string | undefined {
  if (error.keyword !== 'additionalProperties') return undefined;
  const meant = nearest(String(error.params['additionalProperty']), candidates(error));
  return meant && nameIn(error, meant);
}

function nameIn(error: SchemaError, member: string): string {
  return `${error.instancePath}/${member}`;
}

function knownKeys(error: SchemaError): string[] {
  return Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
}

/** A key that is there already is not what another was meant to be. */
function candidates(error: SchemaError): string[] {
  const present = error.data as object;
  return knownKeys(error).filter((name) => !Object.hasOwn(present, name));
}

function named(value: unknown): string {
  if (value === null) return YAML_NOUNS.null;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : YAML_NOUNS.array;
  if (typeof value === 'object') return YAML_NOUNS.object;
  return quote(value);
}

/** `services.postgres.version`, `reading[0].url`. */
export function dotted(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function pathOf(pointer: string): (string | number)[] {
  return partsOf(pointer).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
