/**
 * Writes what is generated: `npm run generate`. With `--check` it writes nothing, names what is
 * stale and exits with 1.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Format, labFormatPage } from './lab-format.ts';

interface JsonSchema {
  [keyword: string]: unknown;
}

// Imported so that the compiler does not see its types: those of a package behind it are broken
// under `exactOptionalPropertyTypes`.
const generator: string = 'json-schema-to-typescript';
const { compile } = (await import(generator)) as {
  compile(schema: JsonSchema, name: string, options: object): Promise<string>;
};

const root = path.join(import.meta.dirname, '..');

/** Source and result, relative to the root. */
const generated = [
  ['schemas/lab.schema.json', 'src/core/manifest.ts'],
  ['schemas/workspace.schema.json', 'src/core/workspace-manifest.ts'],
  ['schemas/mutant.schema.json', 'src/core/mutant-manifest.ts'],
  ['schemas/checks.schema.json', 'src/core/checks-file.ts'],
] as const;

/** Keywords that leave open what a value is. */
const SAY_NO_TYPE = ['description', 'examples', 'if', 'then'];

/** For the page on them: a file, its schema, and a file of the repository that shows it. */
const FORMATS = [
  ['lab.yaml', 'schemas/lab.schema.json', 'labs/queue-worker/lab.yaml'],
  ['labs.yaml', 'schemas/workspace.schema.json', 'templates/queue-worker/typescript/labs.yaml'],
  ['checks.yaml', 'schemas/checks.schema.json', 'scaffold/common/grader/checks.yaml'],
  [
    'mutant.yaml',
    'schemas/mutant.schema.json',
    'test/mutants/crud-api/answers-200-for-create/mutant.yaml',
  ],
] as const;

const check = process.argv.includes('--check');
for (const [source, target] of generated) keep(target, await typesOf(source, target));
keep('docs/lab-format.md', labFormatPage(FORMATS.map(formatOf)));

function keep(target: string, text: string): void {
  if (text === read(target)) return;
  if (check) {
    console.error(`${target} is stale: run "npm run generate" and commit what it writes.`);
    process.exitCode = 1;
  } else {
    writeFileSync(path.join(root, target), text);
    console.log(`Wrote ${target}`);
  }
}

function formatOf([file, source, example]: (typeof FORMATS)[number]): Format {
  return {
    file,
    source,
    schema: JSON.parse(readFileSync(path.join(root, source), 'utf8')),
    example: { path: example, text: readFileSync(path.join(root, example), 'utf8') },
  };
}

async function typesOf(source: string, target: string): Promise<string> {
  const schema = asLoaded(JSON.parse(readFileSync(path.join(root, source), 'utf8')));
  const code = await compile(schema, String(schema['title']), {
    additionalProperties: false,
    bannerComment: `// Generated from ${source} by "npm run generate"; do not edit.`,
    cwd: path.dirname(path.join(root, source)),
    format: false,
  });
  return formatted(withShortComments(code), target);
}

/**
 * The schema as it describes a file that has been loaded. Members with a default are there then.
 * A `oneOf` of required members only says which exclude each other: as a type it would be noise.
 */
function asLoaded(schema: JsonSchema): JsonSchema {
  return requireDefaults(withUnknown(withoutChoices(schema))) as JsonSchema;
}

function withoutChoices(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutChoices);
  if (typeof value !== 'object' || value === null) return value;
  const { oneOf, ...schema } = value as JsonSchema;
  const isChoice =
    Array.isArray(oneOf) &&
    oneOf.every((branch: JsonSchema) => Object.keys(branch).join() === 'required');
  return Object.fromEntries(
    Object.entries(isChoice || oneOf === undefined ? schema : { ...schema, oneOf }).map(
      ([name, member]) => [name, withoutChoices(member)],
    ),
  );
}

/** A schema that allows anything is `unknown`, not an object. */
function withUnknown(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withUnknown(item));
  if (typeof value !== 'object' || value === null) return value;
  const isSchema = !['properties', 'definitions', 'default'].includes(key);
  if (isSchema && Object.keys(value).every((name) => SAY_NO_TYPE.includes(name)))
    return { ...value, tsType: 'unknown' };
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withUnknown(member, name)]),
  );
}

function requireDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(requireDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, requireDefaults(member)]),
  );
  if (schema['type'] !== 'object' || schema['properties'] === undefined) return schema;
  const withDefaults = Object.entries(schema['properties'] as Record<string, JsonSchema>)
    .filter(([, property]) => property['default'] !== undefined)
    .map(([name]) => name);
  const required = (schema['required'] as string[] | undefined) ?? [];
  return { ...schema, required: [...new Set([...required, ...withDefaults])] };
}

/** Comments of one line on one line, as everywhere here. */
function withShortComments(code: string): string {
  return code.replace(/\/\*\*\n\s*\* ([^\n]*)\n\s*\*\//g, '/** $1 */');
}

function formatted(code: string, target: string): string {
  const biome = path.join(root, 'node_modules/.bin/biome');
  return execFileSync(biome, ['format', `--stdin-file-path=${target}`], {
    cwd: root,
    input: code,
    encoding: 'utf8',
  });
}

function read(target: string): string | undefined {
  try {
    return readFileSync(path.join(root, target), 'utf8');
  } catch {
    return undefined;
  }
}
