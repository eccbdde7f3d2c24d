import { expect, test } from 'vitest';
import { parsePostgresUrl } from '../../../src/services/external/url.ts';

test('reads what libpq would, with a database and a port where none are named', () => {
  expect(parsePostgresUrl('postgresql://me@db.example').login).toEqual({
    host: 'db.example',
    port: 5432,
    user: 'me',
    password: '',
    database: 'postgres',
    ssl: { rejectUnauthorized: false },
  });
  expect(
    parsePostgresUrl('postgres://a%40b:p%2Fw@[::1]:6000/x%20y?sslmode=verify-full'),
  ).toMatchObject({
    login: {
      host: '::1',
      port: 6000,
      user: 'a@b',
      password: 'p/w',
      database: 'x y',
      ssl: { rejectUnauthorized: true },
    },
    shown: 'postgres://a%40b:***@[::1]:6000/x%20y?sslmode=verify-full',
  });
  expect(parsePostgresUrl('postgres://me@h?sslmode=disable').login).not.toHaveProperty('ssl');
});

test('takes the directory of a Unix socket as the host', () => {
  const { login } = parsePostgresUrl('postgres://me@/db?host=/var/run/postgresql');
  expect(login).toMatchObject({ host: '/var/run/postgresql', database: 'db' });
  expect(login).not.toHaveProperty('ssl');
});

test.each([
  ['db.example:5432', 'it is no postgres:// URL'],
  ['mysql://me@h/db', 'it is no postgres:// URL'],
  ['postgres://h/db', 'names no user'],
  ['postgres:///db', 'names no host'],
  ['postgres://', 'names no host'],
  [
    'postgres://me:s3cret@h/db?sslmode=yes',
    'one of disable, allow, prefer, require, verify-ca, verify-full',
  ],
  ['postgres://me:s3cret@h/db?options=-c', 'sets options, which labs does not know'],
  ['postgres://me@h/db?password=s3cret', 'db?password=*** sets password, which labs'],
  ['postgres://me:s3%cret@h/db', 'a “%” that is not followed'],
])('says what is wrong with %s', (url, message) => {
  let thrown: unknown;
  try {
    parsePostgresUrl(url);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
  expect(String(thrown)).not.toMatch(/s3(cret|%)/);
});
