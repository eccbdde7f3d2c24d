import { CATALOGS, INFORMATION_SCHEMA } from './catalogs.ts';
import { FUNCTIONS, NO_FUNCTIONS } from './functions.ts';

const BEFORE_TABLE = new Set(['FROM', 'JOIN', ',', 'ONLY', 'LATERAL']);
const ENDS_FROM = new Set(
  'WHERE GROUP HAVING WINDOW ORDER LIMIT OFFSET FETCH FOR UNION INTERSECT EXCEPT SELECT VALUES'.split(
    ' ',
  ),
);
/** They write, or read a table without FROM. */
const REFUSED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'INTO', 'TABLE']);
/** As numbers are where nothing else can begin in their midst: to PostgreSQL 14, `1FROM` is two words. */
const NUMBER = /^(?:\$\d+|\d+(?:\.\d+)?)$/;

/**
 * Whether a SELECT reads nothing but system catalogs: every name in its FROM lists is one of theirs,
 * and every function is known to look no further.
 *
 * @param words As of `significant`.
 */
export function readsOnlyCatalogs(words: readonly string[]): boolean {
  if (words[0] !== 'SELECT' && words[0] !== 'WITH') return false;
  if (words.slice(0, -1).includes(';')) return false;
  if (words.some((word) => REFUSED.has(word) || (/^\$?\d/.test(word) && !NUMBER.test(word)))) {
    return false;
  }
  const own = namesOfWith(words);
  if (own === undefined || !callsOnlyKnown(words, own)) return false;
  const isOwn = ({ name, at }: Table) => (own.get(name)?.from ?? Number.POSITIVE_INFINITY) < at;
  const tables = tablesIn(words).filter((table) => !isOwn(table));
  return tables.length > 0 && tables.every(({ name }) => isCatalog(name));
}

function isCatalog(name: string): boolean {
  const [, schema, relation = ''] =
    /^(?:(pg_catalog|information_schema)\.)?(\w+)$/.exec(name) ?? [];
  return (schema === 'information_schema' ? INFORMATION_SCHEMA : CATALOGS).has(relation);
}

interface Table {
  /** With its schema, as far as it is said; 'pg_catalog.pg_class'. */
  readonly name: string;
  readonly at: number;
}

/** What the lists after FROM and JOIN name, but for functions; where it is no name, that. */
function tablesIn(words: readonly string[]): Table[] {
  const tables: Table[] = [];
  // Whether a FROM list is being read, at each depth of parentheses.
  const lists = [false];
  let isTableNext = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const isInList = lists.at(-1) === true;
    if (word === '(') lists.push(isTableNext);
    else if (word === ')') {
      lists.pop();
      isTableNext = false;
    } else if (word === 'FROM' || word === 'JOIN' || (isInList && BEFORE_TABLE.has(word))) {
      lists[lists.length - 1] = true;
      isTableNext = true;
    } else if (ENDS_FROM.has(word)) {
      lists[lists.length - 1] = false;
      isTableNext = false;
    } else if (isTableNext) {
      const name = nameAt(words, at);
      if (words[at + name.length] !== '(') tables.push({ name: name.map(plain).join(''), at });
      at += name.length - 1;
      isTableNext = false;
    }
  }
  return tables;
}

/** The words of a name and of what it is qualified by, with the dots between. */
function nameAt(words: readonly string[], at: number): readonly string[] {
  let end = at + 1;
  while (words[end] === '.') end += 2;
  return words.slice(at, end);
}

/** A name as the server knows it. */
function plain(word: string): string {
  return word.startsWith('"') ? word.slice(1) : word.toLowerCase();
}

function callsOnlyKnown(words: readonly string[], own: ReadonlyMap<string, Own>): boolean {
  const definitions = new Set([...own.values()].map(({ at }) => at));
  return words.every((word, at) => {
    if (words[at + 1] !== '(' || !/^["\w\u0080-\uffff]/.test(word) || definitions.has(at))
      return true;
    const [third, second, first] = [words[at - 3], words[at - 2], words[at - 1]];
    if (word === 'OPERATOR') return words[at + 2] === 'PG_CATALOG';
    // An alias with columns, or a type with its size.
    if (first === 'AS' || (first === ':' && second === ':')) return true;
    if (first !== '.') return NO_FUNCTIONS.has(word) || FUNCTIONS.has(plain(word));
    if (third === '.' || second === undefined) return false;
    if (plain(second) === 'information_schema') return plain(word) === '_pg_expandarray';
    return plain(second) === 'pg_catalog' && FUNCTIONS.has(plain(word));
  });
}

interface Own {
  /** Where it is defined. */
  readonly at: number;
  /** From where on the name means it. */
  readonly from: number;
}

/** 'WITH a AS (…), b (c) AS MATERIALIZED (…) …' → a, b. Undefined for a WITH that holds elsewhere than all over. */
function namesOfWith(words: readonly string[]): ReadonlyMap<string, Own> | undefined {
  const own = new Map<string, Own>();
  const isElsewhere = (word: string, at: number) =>
    word === 'WITH' && at > 0 && words[at + 1] !== 'ORDINALITY';
  if (words.some(isElsewhere)) return undefined;
  if (words[0] !== 'WITH') return own;
  const isRecursive = words[1] === 'RECURSIVE';
  let at = isRecursive ? 1 : 0;
  do {
    const defined = ++at;
    at++;
    if (words[at] === '(') at = afterParentheses(words, at);
    if (words[at++] !== 'AS') return undefined;
    if (words[at] === 'NOT') at++;
    if (words[at] === 'MATERIALIZED') at++;
    if (words[at] !== '(') return undefined;
    at = afterParentheses(words, at);
    own.set(plain(words[defined] as string), { at: defined, from: isRecursive ? 0 : at - 1 });
  } while (words[at] === ',');
  return own;
}

function afterParentheses(words: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < words.length; at++) {
    if (words[at] === '(') depth++;
    else if (words[at] === ')' && --depth === 0) return at + 1;
  }
  return words.length;
}
