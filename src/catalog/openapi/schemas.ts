import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Ajv2020, Options } from 'ajv/dist/2020.js';
import type { Violation } from '../../core/exchange.ts';
import { join } from '../../core/json-pointer.ts';
import { newAnswerAjv } from '../answer-ajv.ts';
import { expectationOf, JSON_NOUNS } from '../expectation.ts';
import { quote } from '../quote.ts';
import { type SchemaError, usefulErrors } from '../schema-errors.ts';
import type { Json, OpenApiDocument } from './document.ts';

/** Above this a body is judged up to its first violation: collecting all could fill the memory. */
const MAX_EXHAUSTIVE_BYTES = 64 * 1024;

/** The schemas of a contract, each compiled when it is first wanted. */
export class Schemas {
  readonly #document: OpenApiDocument;
  readonly #firstError: SchemaSet;
  readonly #allErrors: SchemaSet;

  constructor(document: OpenApiDocument) {
    this.#document = document;
    this.#firstError = new SchemaSet(document, { allErrors: false });
    this.#allErrors = new SchemaSet(document, { allErrors: true });
  }

  /**
   * @param pointer of the schema in the document
   * @param bytes size of the text that the value was read from
   * @throws {LabsError} bug: the schema cannot be compiled
   */
  violations(pointer: string, value: unknown, bytes: number): Violation[] {
    const errors = this.#firstError.validate(pointer, value);
    if (errors.length === 0) return [];
    return (bytes <= MAX_EXHAUSTIVE_BYTES ? this.#allErrors.validate(pointer, value) : errors).map(
      violationOf,
    );
  }

  /** @throws {LabsError} bug: the schema is none, or cannot be compiled */
  check(pointer: string): void {
    this.#firstError.check(pointer);
    this.#document.at(pointer);
  }
}

class SchemaSet {
  readonly #document: OpenApiDocument;
  readonly #options: Options;
  readonly #compiled = new Map<string, ValidateFunction>();
  #ajv: Ajv2020 | undefined;

  constructor(document: OpenApiDocument, options: Options) {
    this.#document = document;
    this.#options = options;
  }

  validate(pointer: string, value: unknown): SchemaError[] {
    const validate = this.#compiled.get(pointer) ?? this.#compile(pointer);
    this.#compiled.set(pointer, validate);
    return validate(value) ? [] : usefulErrors(validate.errors as ErrorObject[]);
  }

  check(pointer: string): void {
    const ajv = this.#load();
    if (!ajv.validateSchema(this.#document.at(pointer).value)) {
      throw this.#document.fault(pointer, ajv.errorsText(ajv.errors));
    }
    this.#compile(pointer);
  }

  #compile(pointer: string): ValidateFunction {
    try {
      return this.#load().compile({ $ref: `contract#${encodeURI(pointer)}` });
    } catch (error) {
      throw this.#document.fault(pointer, (error as Error).message, { cause: error });
    }
  }

  #load(): Ajv2020 {
    this.#ajv ??= newAjv(this.#options, this.#document.root);
    return this.#ajv;
  }
}

function newAjv(options: Options, document: Json): Ajv2020 {
  const ajv = newAnswerAjv({
    ...options,
    strictSchema: true,
    strictTuples: false,
    // The document is no schema itself; `check` holds each of its schemas to the meta-schema.
    validateSchema: false,
  });
  // OpenAPI's own, which say nothing about validity.
  const words = ['example', 'discriminator', 'xml', 'externalDocs', ...Object.keys(document)];
  // References begin at the document's root, which is taken for a schema: its own words, too.
  ajv.addVocabulary(words.filter((word) => ajv.getKeyword(word) === false));
  return ajv.addSchema(document, 'contract');
}

/** A schema error as a departure from what was agreed. */
export function violationOf(error: SchemaError): Violation {
  const { params, instancePath } = error;
  const member =
    params['missingProperty'] ??
    params['additionalProperty'] ??
    params['unevaluatedProperty'] ??
    params['propertyName'];
  const at = typeof member === 'string' ? join(instancePath, member) : instancePath;
  return {
    at: shownPointer(at),
    expected: expectationOf(error, JSON_NOUNS),
    actual: actualOf(error, member),
  };
}

function actualOf({ keyword, data, params }: SchemaError, member: unknown): string {
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return 'no such member';
    case 'additionalProperties':
    case 'unevaluatedProperties':
    case 'propertyNames':
      return quote((data as Record<string, unknown>)[member as string]);
    case 'minItems':
    case 'maxItems':
      return `${(data as unknown[]).length} items`;
    case 'minLength':
    case 'maxLength':
      return `${[...(data as string)].length} characters: ${quote(data, 60)}`;
    case 'uniqueItems':
      return `items ${params['i']} and ${params['j']} are equal`;
    default:
      return quote(data);
  }
}

/** A pointer is made of the learner's own names: cut, and safe to print. */
function shownPointer(pointer: string): string {
  return pointer === '' ? 'body' : quote(pointer, 120).slice(1).replace(/"$/, '');
}
