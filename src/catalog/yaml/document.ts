import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { aliasProblems, plainData } from './aliases.ts';
import { type Problem, refusal } from './problem.ts';
import { positionOf, type Source, type Span, spanOf } from './source.ts';
import { syntaxProblem } from './syntax.ts';

export type Path = readonly (string | number)[];

/** YAML that has been read: plain data, and where in the text each part of it stands. */
export interface YamlDocument {
  value: Record<string, unknown>;
  /** Of the value at a path or, where there is none to see, of its key or the nearest parent's. */
  valueSpan(path: Path): Span;
  keySpan(path: Path): Span;
}

/** The parser itself gives up below about 800. */
const MAX_DEPTH = 100;

export interface YamlOptions {
  /**
   * Whether `*name` may stand for what `&name` marks, and `<<: *name` for its members: a few hundred
   * bytes can mean gigabytes.
   */
  aliases: boolean;
}

/**
 * One YAML document whose top is a mapping.
 *
 * @throws {LabsError} usage, with the place and the line of each problem
 */
export function parseYaml(source: Source, { aliases }: YamlOptions): YamlDocument {
  const document = parseDocument(source.text, {
    prettyErrors: false,
    stringKeys: true,
    // `<<: *name` takes the members of another mapping over.
    merge: aliases,
    // Quadratic in the number of keys; `problemsOf` is not.
    uniqueKeys: false,
  });
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    throw refusal(source, syntax.map((error) => syntaxProblem(source, error)).slice(0, 1));
  }
  const root = document.contents;
  if (!isMap(root)) {
    const what = root === null ? 'it is empty' : isSeq(root) ? 'it is a list' : 'it is one value';
    throw refusal(source, [
      {
        span: spanOf(root) ?? { offset: 0, length: 0 },
        message: `expected a mapping of keys to values, but ${what}`,
      },
    ]);
  }
  const problems = [...problemsOf(source, root, 1)];
  problems.push(...aliasProblems(document, aliases));
  if (problems.length > 0) throw refusal(source, problems);
  return {
    value: plainData(document, source),
    valueSpan: (path) => find(document, path).value,
    keySpan: (path) => find(document, path).key,
  };
}

function* problemsOf(source: Source, node: unknown, depth: number): Generator<Problem> {
  if (!isMap(node) && !isSeq(node)) return;
  if (depth > MAX_DEPTH) {
    yield { span: spanOf(node) as Span, message: `nested more than ${MAX_DEPTH} levels deep` };
    return;
  }
  if (isSeq(node)) {
    for (const item of node.items) yield* problemsOf(source, item, depth + 1);
    return;
  }
  yield* duplicatesIn(source, node);
  for (const { value } of node.items) yield* problemsOf(source, value, depth + 1);
}

function* duplicatesIn(source: Source, map: YAMLMap): Generator<Problem> {
  const seen = new Map<unknown, Span>();
  for (const { key } of map.items) {
    const span = spanOf(key) ?? { offset: 0, length: 0 };
    const name = (key as Scalar).value;
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, span);
      continue;
    }
    const { line } = positionOf(source, first.offset);
    yield { span, message: `the key "${name}" is on line ${line} already` };
  }
}

function find(document: Document.Parsed, path: Path): { key: Span; value: Span } {
  let node: unknown = document.contents;
  let key = { offset: spanOf(node)?.offset ?? 0, length: 1 };
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === String(part));
      if (pair === undefined) break;
      key = spanOf(pair.key) ?? key;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)];
      if (item === undefined) break;
      key = spanOf(item) ?? key;
      node = item;
    } else {
      break;
    }
  }
  const value = isScalar(node) ? spanOf(node) : undefined;
  return { key, value: value === undefined || value.length === 0 ? key : value };
}
