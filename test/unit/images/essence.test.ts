import { expect, it } from 'vitest';
import { essence } from '../../../src/apps/docker/languages/node/essence.ts';

const manifest = {
  name: 'mine',
  scripts: { start: 'node server.js' },
  dependencies: { pg: '^8.0.0' },
};
const lock = (name: string, version: string) =>
  JSON.stringify({
    name,
    lockfileVersion: 3,
    packages: { '': { name, dependencies: { pg: '^8' } }, 'node_modules/pg': { version } },
  });
const ofManifest = (content: object) =>
  essence(['npm', 'ci'], 'package.json', JSON.stringify(content));
const ofLock = (text: string) => essence(['npm', 'ci'], 'package-lock.json', text);

it('workspaces that differ in name, scripts and layout alone install the same', () => {
  const same = { ...manifest, name: 'theirs', scripts: { dev: 'node --watch' } };
  expect(ofManifest(same)).toBe(ofManifest(manifest));
  expect(essence(['npm', 'ci'], 'package.json', JSON.stringify(same, null, 2))).toBe(
    ofManifest(manifest),
  );
  expect(ofLock(lock('theirs', '8.1.0'))).toBe(ofLock(lock('mine', '8.1.0')));
});

it.each([
  ['a dependency', { dependencies: { pg: '^9.0.0' } }],
  ['an override', { overrides: { pg: '9' } }],
  ['what is wanted of Node.js', { engines: { node: '>=30' } }],
])('they do not where they differ in %s', (_, difference) => {
  expect(ofManifest({ ...manifest, ...difference })).not.toBe(ofManifest(manifest));
});

it('nor where they differ in what is locked', () => {
  expect(ofLock(lock('mine', '8.1.0'))).not.toBe(ofLock(lock('mine', '8.2.0')));
});

it.each([
  ['another manager’s', ['pnpm', 'install'] as const, 'package.json', JSON.stringify(manifest)],
  ['one that a script is run of', ['npm', 'run', 'setup'] as const, 'package.json', '{"name":"a"}'],
  ['one that is not JSON', ['npm', 'ci'] as const, 'package.json', '{"name":'],
  ['one that is no object', ['npm', 'ci'] as const, 'package.json', '["name"]'],
  ['settings', ['npm', 'ci'] as const, '.npmrc', 'name=a'],
  ['a lock file', ['npm', 'ci'] as const, 'pnpm-lock.yaml', 'name: a'],
])('%s: it stays as it is', (_, install, path, text) => {
  expect(essence(install, path, text)).toBe(text);
});
