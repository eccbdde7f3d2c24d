import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGS, INFORMATION_SCHEMA } from '../../../src/network/postgres/catalogs.ts';
import { isIntrospection, isQuery } from '../../../src/network/postgres/classify.ts';
import { FUNCTIONS } from '../../../src/network/postgres/functions.ts';
import { postgresTap } from '../../../src/network/postgres/tap.ts';
import { startProxy } from '../../../src/network/proxy.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { query, RawClient } from './raw-client.ts';

/** As drivers, ORMs and tools ask them. */
const INTROSPECTION: readonly [by: string, sql: string][] = [
  [
    'a driver, for arrays',
    `select b.oid, b.typarray from pg_catalog.pg_type a left join pg_catalog.pg_type b on b.oid = a.typelem
     where a.typcategory = 'A' group by b.oid, b.typarray order by b.oid`,
  ],
  [
    'a driver, for enums',
    `SELECT name, oid, array_oid, array_agg(label) FROM (
       SELECT t.typname AS name, t.oid AS oid, t.typarray AS array_oid, e.enumlabel AS label
       FROM pg_type t LEFT JOIN pg_enum e ON e.enumtypid = t.oid
       WHERE t.oid = to_regtype($1) ORDER BY e.enumsortorder) x GROUP BY name, oid, array_oid`,
  ],
  [
    'a driver, for types and what they consist of',
    `WITH RECURSIVE typeinfo_tree(oid, ns, name, elemtype, depth) AS (
       SELECT t.oid, ns.nspname, t.typname, t.typelem, 0 FROM pg_catalog.pg_type AS t
         INNER JOIN pg_catalog.pg_namespace AS ns ON ns.oid = t.typnamespace
         WHERE t.oid = any($1::oid[])
       UNION ALL
       SELECT ti.oid, 'x', format_type(ti.oid, NULL), ti.typelem, tt.depth + 1
         FROM pg_type ti, typeinfo_tree tt WHERE tt.elemtype = ti.oid)
     SELECT DISTINCT *, oid::regtype::text AS basetype_name FROM typeinfo_tree ORDER BY depth DESC`,
  ],
  [
    'an ORM, for tables',
    `SELECT pg_catalog.pg_class.relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace
     ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace
     WHERE pg_catalog.pg_class.relname = $1::VARCHAR AND pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p'])
     AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog'`,
  ],
  [
    'an ORM, for columns',
    `SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull,
       (SELECT c.collname FROM pg_collation c, pg_type t WHERE c.oid = a.attcollation AND t.oid = a.atttypid),
       col_description(a.attrelid, a.attnum) AS comment
     FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum
     WHERE a.attrelid = '"items"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
  ],
  [
    'an ORM, for primary keys',
    `SELECT a.attname FROM (
       SELECT indrelid, indkey, generate_subscripts(indkey, 1) idx FROM pg_index
       WHERE indrelid = '"items"'::regclass AND indisprimary) i
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[i.idx] ORDER BY i.idx`,
  ],
  [
    'a driver, for its primary keys',
    `SELECT n.nspname, (information_schema._pg_expandarray(i.indkey)).n AS key
     FROM pg_catalog.pg_index i JOIN (pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
     ON n.oid = c.relnamespace) ON i.indrelid = c.oid`,
  ],
  [
    'a tool, for indexes',
    `SELECT i.relname, ix.indisunique, array_to_string(array_agg(a.attname), ', ') FROM pg_class t, pg_class i,
     pg_index ix, pg_attribute a WHERE t.oid = ix.indrelid AND i.oid = ix.indexrelid AND a.attrelid = t.oid
     AND a.attnum = ANY(ix.indkey) AND t.relname OPERATOR(pg_catalog.~) '^(\\w+)$' GROUP BY 1, 2`,
  ],
  [
    'a tool, for a table',
    'select * from information_schema.tables where table_name = $1 and table_schema = current_schema()',
  ],
  [
    'a tool, for columns, in quotes',
    `SELECT "c"."column_name" FROM "information_schema"."columns" "c" WHERE ("table_schema" = 'public')`,
  ],
];

/** They look like it and are none. */
const QUERIES: readonly string[] = [
  'SELECT product_detail($1,$2) FROM pg_am LIMIT 1',
  'SELECT public.version() FROM pg_am',
  'SELECT "product_detail"(1) FROM pg_am',
  'SELECT DISTINCT ON (amname) product_detail(1) FROM pg_am',
  'SELECT 1 OPERATOR(public.+) 2 FROM pg_am',
  'SELECT * FROM pg_products',
  'SELECT * FROM public.pg_am',
  'SELECT * FROM "PG_AM"',
  'SELECT * FROM pg_claſs',
  'SELECT * FROM pg_am\u00a0',
  'SELECT * FROM tables',
  'SELECT * FROM pg_catalog.pg_am, pg_products',
  'SELECT * FROM pg_am "where", products',
  'SELECT * FROM (products p JOIN pg_am ON true)',
  'SELECT * FROM ((products))  , pg_am',
  'SELECT * FROM pg_am, (TABLE products) p',
  'SELECT * FROM pg_am, product_details() p',
  'SELECT * FROM ROWS FROM (unnest(a), product_details()) p, pg_am',
  'SELECT 1FROM products, (SELECT 1 FROM pg_am) x',
  'SELECT data FROM pg_largeobject',
  'WITH products AS (SELECT * FROM products) SELECT * FROM products, pg_am',
  'WITH a AS (SELECT 1 FROM pg_am) SELECT * FROM unnest(b), products AS p',
  'SELECT * FROM (WITH products AS (SELECT 1 FROM pg_am) SELECT * FROM products) x, products',
  'SELECT * FROM unnest(a) WITH ORDINALITY, ordinality, pg_am',
  String.raw`SELECT '\'' , f FROM products -- ' FROM pg_class`,
];

describe('introspection', () => {
  test.each(INTROSPECTION)('is what is asked by %s', (_, sql) => {
    expect(isIntrospection({ sql })).toBe(true);
    expect(isQuery({ sql })).toBe(false);
  });

  test.each(QUERIES)('is not: %s', (sql) => {
    expect(isQuery({ sql })).toBe(true);
  });
});

describe('with a real Postgres', () => {
  let server: PostgresServer;
  let client: pg.Client;

  beforeAll(async () => {
    server = await startPostgres();
    client = new pg.Client({ host: server.host, port: server.port, user: 'postgres' });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  const names = async (sql: string) =>
    (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);

  test.each([
    ['pg_catalog', CATALOGS, /^pg_largeobject/],
    ['information_schema', INFORMATION_SCHEMA, /^_pg_/],
  ])('the relations of %s are known', async (schema, known, others) => {
    const found = await names(
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = '${schema}'::regnamespace`,
    );
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter((name) => !known.has(name) && !others.test(name))).toEqual([]);
  });

  test('the functions are its own, or words of its grammar', async () => {
    const found = new Set(
      await names(
        `SELECT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace`,
      ),
    );
    const others = [...FUNCTIONS].filter((name) => !found.has(name));
    expect(others.toSorted()).toEqual(['coalesce', 'greatest', 'least', 'nullif', 'trim']);
  });

  test('every statement of a message is counted that is too long to be kept', async () => {
    const { factory, tap } = postgresTap();
    await using proxy = await startProxy({ name: 'postgres', upstream: server, tap: factory });
    const raw = await RawClient.connect(proxy);
    raw.send(query(`SET a.b=1;/*${'x'.repeat(66_000)}*/SELECT 1;SELECT 2`));
    await raw.until('Z');
    expect(tap.statements().filter(isQuery)).toHaveLength(3);
    raw.end();
  });
});
