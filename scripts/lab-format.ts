/** The page on the file formats, made of their schemas. */
import { stringify } from 'yaml';

interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  examples?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  definitions?: Record<string, Schema>;
  patternErrorMessage?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
}

/** A format of a file, and a file that has it. */
export interface Format {
  /** As the heading names the file: `lab.yaml`. */
  file: string;
  /** Its schema's place in the repository. */
  source: string;
  schema: Schema;
  example: { path: string; text: string };
}

const INTRODUCTION = `# The lab format

Four kinds of files describe a lab. Each has a JSON Schema, from which this page is made (\`npm run generate\`) and which gives
completion in editors: begin a file with \`# yaml-language-server: $schema=…/schemas/lab.schema.json\`. Mistakes are told with
line and column before anything runs. Unknown keys are mistakes.

| file | says |
|---|---|
`;

/** @throws {Error} a field has no description or no example */
export function labFormatPage(formats: readonly Format[]): string {
  const contents = formats.map(
    ({ file, schema }) => `| [\`${file}\`](#${anchor(file)}) | ${about(schema, file).says} |`,
  );
  return `${INTRODUCTION}${contents.join('\n')}\n\n${formats.map(chapter).join('\n')}`;
}

function chapter(format: Format): string {
  const { file, source, schema, example } = format;
  const page = new Chapter(schema);
  const parts = Object.entries(schema.definitions ?? {}).filter(([, part]) => isTable(part));
  const { place, says } = about(schema, file);
  return [
    `## ${file}\n`,
    `${place.includes(' ') ? place : `\`${place}\``}: ${says} Its schema is [\`${source}\`](../${source}). For example`,
    `[\`${example.path}\`](../${example.path}):\n`,
    `\`\`\`yaml\n${example.text.trimEnd()}\n\`\`\`\n`,
    page.table(schema, file),
    ...parts.flatMap(([name, part]) => [
      `### ${file}: ${name}\n`,
      `${meaning(part, name)}\n`,
      page.table(part, name),
    ]),
  ].join('\n');
}

class Chapter {
  readonly #root: Schema;

  constructor(root: Schema) {
    this.#root = root;
  }

  table(schema: Schema, name: string): string {
    const rows = folded(this.#rows(schema, '', name)).map(row);
    const head = ['| field | what it is | default | meaning | example |', '|---|---|---|---|---|'];
    return `${[...head, ...rows].join('\n')}\n`;
  }

  /** A row for each member, those of mappings inside it too: `hours.min`. */
  #rows(schema: Schema, prefix: string, where: string): Cells[] {
    return Object.entries(schema.properties ?? {}).flatMap(([name, written]) => {
      const field = this.#resolved(written);
      const path = `${prefix}${name}`;
      const at = `${where}: ${path}`;
      const isRequired = schema.required?.includes(name) === true;
      const usual = field.default === undefined ? '' : code(field.default);
      const inside =
        written.$ref !== undefined
          ? []
          : [
              ...this.#rows(field, `${path}.`, where),
              ...(field.items?.properties ? this.#rows(field.items, `${path}[].`, where) : []),
            ];
      return [
        [
          `\`${path}\``,
          this.#type(written),
          isRequired ? 'required' : usual || '–',
          meaning(field, at),
          exampleOf(field, inside.length > 0, at),
        ],
        ...inside,
      ];
    });
  }

  /** What a reference leads to, with what is said beside it. */
  #resolved(schema: Schema): Schema {
    const [only] = schema.allOf ?? [];
    const { $ref, ...own } = only === undefined ? schema : { ...only, ...schema };
    if ($ref === undefined) return own;
    const target = this.#root.definitions?.[$ref.replace('#/definitions/', '')] ?? {};
    return { ...this.#resolved(target), ...own };
  }

  #type(written: Schema): string {
    const name = written.$ref?.replace('#/definitions/', '');
    const schema = this.#resolved(written);
    if (name !== undefined && isTable(schema)) return `[${name}](#${this.#anchorOf(name)})`;
    if (schema.const !== undefined) return code(schema.const);
    if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined && schema.properties === undefined)
      return [...new Set(choices.map((choice) => this.#type(choice)))].join(' or ');
    const types = [schema.type ?? []].flat();
    if (types.length === 0) return 'any value';
    return types.map((type) => this.#typeCalled(type, schema)).join(' or ');
  }

  #typeCalled(type: string, schema: Schema): string {
    switch (type) {
      case 'array':
        return schema.items === undefined ? 'a list' : `a list: ${this.#type(schema.items)}`;
      case 'object':
        return typeof schema.additionalProperties === 'object' && schema.properties === undefined
          ? `a mapping of names to: ${this.#type(schema.additionalProperties)}`
          : 'a mapping';
      case 'string':
        return (
          schema.patternErrorMessage
            ?.replace(/^must be /, '')
            .replace(/^must /, 'text that must ') ?? `text${lengthOf(schema)}`
        );
      default:
        return `${{ integer: 'a whole number', number: 'a number', boolean: 'true or false' }[type] ?? type}${rangeOf(schema)}`;
    }
  }

  #anchorOf(name: string): string {
    const file = FILES.get(this.#root.title ?? '');
    return anchor(`${file}: ${name}`);
  }
}

/** By the titles of their schemas. */
const FILES = new Map([
  ['LabManifest', 'lab.yaml'],
  ['WorkspaceManifest', 'labs.yaml'],
  ['ChecksFile', 'checks.yaml'],
  ['MutantManifest', 'mutant.yaml'],
]);

function isTable({ properties = {} }: Schema): boolean {
  return Object.keys(properties).length > 1;
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const above = exclusiveMinimum !== undefined ? ` above ${exclusiveMinimum}` : '';
  const least = minimum !== undefined ? ` of at least ${minimum}` : '';
  return `${above}${least}${maximum !== undefined ? `, at most ${maximum}` : ''}`;
}

function lengthOf({ maxLength }: Schema): string {
  return maxLength === undefined ? '' : ` of at most ${maxLength} characters`;
}

function meaning({ description }: Schema, at: string): string {
  if (description === undefined) throw new Error(`${at} has no description in its schema.`);
  return description;
}

/** A format's description begins with the place of the file. */
function about(schema: Schema, file: string): { place: string; says: string } {
  const [place = '', ...rest] = meaning(schema, file).split(': ');
  const says = rest.join(': ');
  return { place, says: says.charAt(0).toUpperCase() + says.slice(1) };
}

type Cells = readonly [name: string, ...others: string[]];

/** What differs in its name alone stands in one row. */
function folded(rows: readonly Cells[]): Cells[] {
  const groups = Map.groupBy(rows, ([, ...others]) => JSON.stringify(others));
  return [...groups.values()].map(([first, ...more]) => {
    const [name, ...others] = first!;
    return [[name, ...more.map(([each]) => each)].join(', '), ...others];
  });
}

/** One that the schema gives; a choice, a constant or a mapping with rows of its own needs none. */
function exampleOf(schema: Schema, hasRows: boolean, at: string): string {
  const [first] = schema.examples ?? schema.enum ?? [schema.const];
  if (first !== undefined) return code(first);
  if (schema.type === 'boolean') return code(true);
  if (hasRows) return '';
  if (schema.default !== undefined && typeof schema.default !== 'object')
    return code(schema.default);
  throw new Error(`${at} has no example in its schema.`);
}

/** As YAML has it, on one line. */
function code(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function row(cells: Cells): string {
  const safe = cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;'));
  return `| ${safe.join(' | ')} |`;
}

/** As GitHub makes it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
