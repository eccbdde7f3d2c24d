import { expect, test } from 'vitest';
import { upstreamProxy } from '../../../../src/apps/docker/registry/upstream.ts';

test.each([
  ['http://me:secret@proxy:3128', 'tcp://proxy:3128', 'http://proxy:3128'],
  ['proxy:3128', 'tcp://proxy:3128', 'http://proxy:3128'],
  ['http://proxy', 'tcp://proxy:80', 'http://proxy'],
  ['https://proxy', 'tcp://proxy:443', 'https://proxy'],
  ['socks5://[::1]', 'tcp://[::1]:1080', 'socks5://[::1]'],
])('%s listens at %s', (HTTPS_PROXY, address, shown) => {
  const found = upstreamProxy({ HTTPS_PROXY });
  expect(found?.address.href).toBe(address);
  expect(found?.shown).toBe(shown);
});

test.each([{}, { HTTPS_PROXY: '' }, { NO_PROXY: '*' }])('%j has none', (env) => {
  expect(upstreamProxy(env)).toBeUndefined();
});

test.each(['ftp://me:secret@proxy', 'http://me:secret@', 'http://proxy:none'])(
  '%s is refused',
  (https_proxy) => {
    expect(() => upstreamProxy({ https_proxy })).toThrow(/^HTTPS_PROXY names no proxy\.$/);
  },
);

test.each([
  ['*', 'registry.npmjs.org', 443, true],
  ['', 'npm.corp', 443, false],
  ['.corp', 'npm.corp', 80, true],
  ['corp', 'npm.corp', 80, true],
  ['*.corp', 'npm.corp', 80, true],
  ['npm.corp', 'npm.corp', 80, true],
  ['NPM.Corp', 'npm.corp', 80, true],
  ['corp', 'npmcorp', 80, false],
  ['npm.corp', 'corp', 80, false],
  ['localhost, .corp', 'npm.corp', 80, true],
  ['npm.corp:4873', 'npm.corp', 4873, true],
  ['npm.corp:4873', 'npm.corp', 443, false],
  ['127.0.0.1', '127.0.0.1', 4873, true],
  ['::1', '[::1]', 4873, true],
  ['[::1]:4873', '[::1]', 4873, true],
  ['[::1]:4873', '[::1]', 443, false],
])('NO_PROXY=%s and %s:%i: %s', (NO_PROXY, hostname, port, passed) => {
  const upstream = upstreamProxy({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY });
  expect(upstream!.isPassedBy({ hostname, port })).toBe(passed);
});
