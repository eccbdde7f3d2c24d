export type TokenKind = 'word' | 'quoted' | 'comment' | 'space' | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

// Not \s: beyond ASCII, PostgreSQL knows letters only.
const SPACE = /[ \t\n\r\f\v]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
const STANDARD_STRING = /(?:[nN]|[uU]&)?'[^']*(?:''[^']*)*(?:'|$)/y;
const BACKSLASH_STRING = /[nN]?'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*(?:'|\\?$)/y;
const ESCAPE_STRING = /[eE]'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*(?:'|\\?$)/y;
const BIT_STRING = /[bBxX]'[^']*(?:'|$)/y;
const QUOTED_IDENTIFIER = /(?:[uU]&)?"[^"]*(?:""[^"]*)*(?:"|$)/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\$?\d[\w.]*/y;
const COMMENT_EDGE = /\/\*|\*\//g;

/**
 * Cuts SQL into tokens whose texts together are the SQL. It knows what hides a
 * semicolon or a keyword: strings, quoted identifiers, comments. An unfinished one
 * extends to the end.
 *
 * PostgreSQL documentation, "SQL Syntax", section "Lexical Structure".
 *
 * @param backslashes Whether a plain '…' knows backslash escapes: `standard_conforming_strings` is off.
 */
export function* tokens(sql: string, backslashes = false): Generator<Token> {
  const patterns: readonly [TokenKind, RegExp][] = [
    ['space', SPACE],
    ['comment', LINE_COMMENT],
    ['quoted', ESCAPE_STRING],
    ['quoted', BIT_STRING],
    ['quoted', backslashes ? BACKSLASH_STRING : STANDARD_STRING],
    ['quoted', QUOTED_IDENTIFIER],
    ['word', WORD],
    ['symbol', NUMBER],
  ];
  let at = 0;
  while (at < sql.length) {
    const [kind, end] = next(sql, at, patterns);
    yield { kind, text: sql.slice(at, end) };
    at = end;
  }
}

function next(
  sql: string,
  at: number,
  patterns: readonly (readonly [TokenKind, RegExp])[],
): [TokenKind, number] {
  if (sql.startsWith('/*', at)) return ['comment', endOfBlockComment(sql, at)];
  const tag = match(DOLLAR_TAG, sql, at);
  if (tag !== undefined) {
    const end = sql.indexOf(tag, at + tag.length);
    return ['quoted', end < 0 ? sql.length : end + tag.length];
  }
  for (const [kind, pattern] of patterns) {
    const text = match(pattern, sql, at);
    if (text !== undefined) return [kind, at + text.length];
  }
  return ['symbol', at + 1];
}

/** Block comments nest. */
function endOfBlockComment(sql: string, start: number): number {
  COMMENT_EDGE.lastIndex = start;
  let depth = 0;
  for (let edge = COMMENT_EDGE.exec(sql); edge; edge = COMMENT_EDGE.exec(sql)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT_EDGE.lastIndex;
  }
  return sql.length;
}

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}
