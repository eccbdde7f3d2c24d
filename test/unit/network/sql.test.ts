import { expect, test } from 'vitest';
import {
  isIntrospection,
  isQuery,
  isSessionControl,
  isTransactionControl,
  queryJudge,
} from '../../../src/network/postgres/classify.ts';
import { tokens } from '../../../src/network/postgres/lex.ts';
import { pieceAt, splitStatements } from '../../../src/network/postgres/split.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

const split = (sql: string, backslashes?: boolean) =>
  splitStatements(sql, backslashes).map((piece) => piece.sql);

test.for([
  ["SELECT ';'; b", ["SELECT ';'", 'b']],
  ["SELECT 'it''s;'; b", ["SELECT 'it''s;'", 'b']],
  ["SELECT '\\'; b", ["SELECT '\\'", 'b']],
  ["SELECT e'\\';'; b", ["SELECT e'\\';'", 'b']],
  ["SELECT E'\\\\'; b", ["SELECT E'\\\\'", 'b']],
  ["SELECT U&'\\0041;' ; b", ["SELECT U&'\\0041;'", 'b']],
  ["SELECT B'1;', x'f;', N';' ; b", ["SELECT B'1;', x'f;', N';'", 'b']],
  ['SELECT "a"";"; b', ['SELECT "a"";"', 'b']],
  ['SELECT $$;$$; b', ['SELECT $$;$$', 'b']],
  ['SELECT $a$;$$;$b$;$a$; b', ['SELECT $a$;$$;$b$;$a$', 'b']],
  ['SELECT $1; SELECT $2', ['SELECT $1', 'SELECT $2']],
  ['SELECT a$b$; SELECT c$b$', ['SELECT a$b$', 'SELECT c$b$']],
  ['SELECT größe$;$ ; b', ['SELECT größe$', '$', 'b']],
  ['SELECT 1 -- ; \n; b', ['SELECT 1 -- ;', 'b']],
  ['SELECT /* ; /* ; */ ; */ 1; b', ['SELECT /* ; /* ; */ ; */ 1', 'b']],
  ['a; /* only a remark */ ; -- and another', ['a; /* only a remark */ ; -- and another']],
  [';;a;;b;;', ['a', 'b']],
  [' a ; ', [' a ; ']],
  ["a; SELECT 'unfinished; b", ['a', "SELECT 'unfinished; b"]],
  ['a; SELECT $x$unfinished; b', ['a', 'SELECT $x$unfinished; b']],
  ['a; /* unfinished; b', ['a; /* unfinished; b']],
  [
    'CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1; END; BEGIN; SELECT 2; END',
    ['CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC SELECT 1; END', 'BEGIN', 'SELECT 2', 'END'],
  ],
] as const)('%s', ([sql, statements]) => {
  expect(split(sql)).toEqual(statements);
});

test('backslashes escape where the server says so', () => {
  expect(split("SELECT '\\';'; b", true)).toEqual(["SELECT '\\';'", 'b']);
});

test('tokens lose nothing', () => {
  const alphabet = ["'", '"', '$', 'a', 'E', 'U&', '\\', ';', '-', '/', '*', ' ', '\n', '1', 'é'];
  let state = 1;
  for (let round = 0; round < 5_000; round++) {
    let sql = '';
    for (let length = 0; length < 20; length++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sql += alphabet[(state >>> 16) % alphabet.length];
    }
    for (const backslashes of [false, true]) {
      const texts = [...tokens(sql, backslashes)].map(({ text }) => text);
      expect(texts.join('')).toBe(sql);
    }
  }
});

test('long and hostile texts take little time', () => {
  for (const part of ["'", '$a$', '/*', '(', ';', '; ', "E'\\", '--', 'from a,', '$', 'a;b ']) {
    const sql = part.repeat(65_536 / part.length);
    const read = () => {
      splitStatements(`a; ${sql}`);
      isQuery({ sql: `SELECT ${sql}` });
    };
    expect(cpuTimeOf(read), part).toBeLessThan(1_000);
  }
});

test('a text is judged once, however often it comes, and read no further than it takes', () => {
  const dense = `SELECT ${'a,'.repeat(32_000)}`;
  const equal = Array.from({ length: 10_000 }, () => ({ sql: dense }));
  expect(cpuTimeOf(() => equal.filter(queryJudge()))).toBeLessThan(500);
  const different = Array.from({ length: 100 }, (_, n) => ({ sql: `${dense}${n}` }));
  expect(cpuTimeOf(() => different.filter(queryJudge()))).toBeLessThan(1_000);
});

test.for([
  ['SELECT 1', true],
  ['BEGIN', false],
  ['SELECT 1 FROM pg_class', false],
] as const)('a verdict that is remembered is the same: %s', ([sql, verdict]) => {
  const judge = queryJudge();
  expect([judge({ sql }), judge({ sql })]).toEqual([verdict, verdict]);
});

test('a position of the server is counted in characters', () => {
  const sql = "SELECT '🐘'; SELECT x";
  const pieces = splitStatements(sql);
  const position = [...sql].indexOf('x') + 1;
  expect(pieceAt(pieces, sql, position)).toBe(1);
  expect(pieceAt(pieces, sql, 1)).toBe(0);
  expect(pieceAt(pieces, sql, 1000)).toBe(1);
});

test.for([
  'BEGIN',
  'begin isolation level serializable',
  '/* app */ -- remark\n START TRANSACTION READ ONLY',
  'COMMIT;',
  'END',
  'ROLLBACK TO SAVEPOINT s',
  'savepoint s',
  'RELEASE s',
  'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
])('transaction control: %s', (sql) => {
  expect(isTransactionControl({ sql })).toBe(true);
  expect(isSessionControl({ sql })).toBe(false);
  expect(isQuery({ sql })).toBe(false);
});

test.for([
  'SET search_path TO a',
  'SHOW server_version',
  'DISCARD ALL',
  'DEALLOCATE ALL',
  'LISTEN a',
])('session control: %s', (sql) => {
  expect(isSessionControl({ sql })).toBe(true);
  expect(isQuery({ sql })).toBe(false);
});

test.for([
  'SELECT b.oid, b.typarray FROM pg_catalog.pg_type a LEFT JOIN pg_catalog.pg_type b ON b.oid = a.typelem',
  'select table_name from information_schema.tables where true',
  'SELECT a, b FROM pg_class c, "pg_namespace" n WHERE c.relnamespace = n.oid',
  'SELECT 1 FROM (SELECT oid FROM pg_type) t',
  'SELECT * FROM pg_type t, unnest(a, b) u WHERE t.oid = ANY ($1) ORDER BY a, b',
  'WITH RECURSIVE tree (oid) AS (SELECT oid FROM pg_type), b AS (SELECT 1 FROM tree) SELECT * FROM tree, b',
])('introspection: %s', (sql) => {
  expect(isIntrospection({ sql })).toBe(true);
  expect(isQuery({ sql })).toBe(false);
});

test.for([
  'SELECT 1',
  'SELECT * FROM items',
  'SELECT * FROM items, pg_class',
  'SELECT * FROM pg_class, items',
  'SELECT * FROM pg_class c JOIN items i ON true',
  'SELECT * FROM pg_class c, LATERAL (SELECT * FROM items) i',
  'SELECT * FROM items -- FROM pg_type',
  "SELECT * FROM items WHERE name = ' FROM pg_type'",
  'WITH x AS (INSERT INTO items VALUES (1) RETURNING id) SELECT * FROM pg_class',
  'SELECT pg_advisory_lock(1)',
  'TABLE items',
  'INSERT INTO settings SELECT * FROM pg_settings',
  'COPY items FROM STDIN',
  'EXPLAIN SELECT 1',
])('query: %s', (sql) => {
  expect(isQuery({ sql })).toBe(true);
});
