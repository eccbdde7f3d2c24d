import { bug, LabsError } from '../../core/errors.ts';
import { join, partsOf } from '../../core/json-pointer.ts';
import { placeOf } from '../yaml/source.ts';
import { readYamlFile, type YamlFile } from '../yaml-file.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A part of the document and its JSON Pointer, references followed. */
export interface Node {
  value: Json;
  pointer: string;
}

interface FaultOptions {
  hint?: string;
  cause?: unknown;
}

/** An OpenAPI document as written; its references stay within it. */
export class OpenApiDocument {
  readonly root: Json;
  readonly #file: YamlFile;

  constructor(file: YamlFile) {
    this.root = file.value;
    this.#file = file;
  }

  /**
   * @throws {LabsError} bug: the file is missing or is no YAML
   */
  static async read(file: string): Promise<OpenApiDocument> {
    try {
      return new OpenApiDocument(await readYamlFile(file, { aliases: true }));
    } catch (error) {
      if (!(error instanceof LabsError) || error.kind !== 'usage') throw error;
      const { message, detail, hint } = error;
      throw bug(`The contract is faulty: ${message}`, { detail, hint, cause: error });
    }
  }

  /** The mapping at a pointer; references are followed, however many in a row. */
  at(pointer: string): Node {
    const seen = new Set<string>();
    let here = pointer;
    for (;;) {
      const value = this.#get(here);
      if (!isMapping(value)) throw this.fault(here, 'expected a mapping');
      const ref = value['$ref'];
      if (ref === undefined) return { value, pointer: here };
      if (typeof ref !== 'string' || !ref.startsWith('#/')) {
        throw this.fault(here, `the reference ${JSON.stringify(ref)} does not begin with "#/"`);
      }
      if (seen.has(ref)) throw this.fault(here, `the reference "${ref}" leads to itself`);
      seen.add(ref);
      const target = fragmentOf(ref);
      if (target === undefined || this.#get(target) === undefined) {
        throw this.fault(here, `the reference "${ref}" leads nowhere`);
      }
      here = target;
    }
  }

  /**
   * The members of the mapping at a pointer, each as a node; none where there is nothing.
   * @param extensible whether `x-` begins the name of an extension there
   */
  members(pointer: string, { extensible }: { extensible: boolean }): [string, Node][] {
    const value = this.#get(pointer);
    if (value === undefined) return [];
    if (!isMapping(value)) throw this.fault(pointer, 'expected a mapping');
    return Object.keys(value)
      .filter((name) => !extensible || !name.startsWith('x-'))
      .map((name) => [name, this.at(join(pointer, name))]);
  }

  has(pointer: string): boolean {
    return this.#get(pointer) !== undefined;
  }

  /** A fault of the contract, named by place and pointer. */
  fault(pointer: string, message: string, options: FaultOptions = {}): LabsError {
    const span = this.#file.keySpan(partsOf(pointer));
    const place = placeOf(this.#file.source, span);
    return bug(`The contract is faulty: ${place}: at ${pointer || '/'}: ${message}.`, options);
  }

  #get(pointer: string): unknown {
    return partsOf(pointer).reduce<unknown>((value, part) => {
      if (Array.isArray(value)) return value[Number(part)];
      return isMapping(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    }, this.root);
  }
}

/** A URI fragment as a JSON Pointer (RFC 6901 § 6). */
function fragmentOf(ref: string): string | undefined {
  try {
    return decodeURIComponent(ref.slice(1));
  } catch {
    return undefined;
  }
}

export function isMapping(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
