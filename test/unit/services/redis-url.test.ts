import { describe, expect, test } from 'vitest';
import { parseRedisUrl } from '../../../src/services/external/redis-url.ts';

describe('redis://', () => {
  test.each([
    ['redis://h', { host: 'h', port: 6379 }, undefined, undefined, 1],
    ['redis://:p%40w@h:7/3', { host: 'h', port: 7 }, undefined, 'p@w', 3],
    ['redis://me:pw@[::1]:7/0', { host: '::1', port: 7 }, 'me', 'pw', 1],
    [
      'rediss://me:pw@h/',
      { host: 'h', port: 6379, tls: { rejectUnauthorized: true } },
      'me',
      'pw',
      1,
    ],
  ])('%s', (url, address, user, password, firstDatabase) => {
    expect(parseRedisUrl(url)).toMatchObject({
      login: { address, user, password, number: 0 },
      firstDatabase,
    });
  });

  test.each([
    ['http://h', 'it is no redis:// or rediss:// URL'],
    ['redis://:secret@h/x', 'redis://:***@h/x has /x where the number of a database was expected'],
    ['redis://:secret@h?tls=1', 'redis://:***@h?tls=1 sets tls, which labs does not know'],
    ['redis://h?password=secret', 'redis://h?password=*** sets password, which labs does not'],
    ['redis://:%zz@h', 'redis://:***@h has a “%”'],
    ['redis:///3', 'names no host'],
  ])('%s is the mistake of the user', (url, message) => {
    expect(() => parseRedisUrl(url)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining(message) }),
    );
  });
});
