import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rememberInstalled } from '../../../src/apps/process/installed.ts';
import { materialise } from '../../../src/authoring/materialise.ts';
import type { Submission } from '../../../src/core/submission.ts';
import { scratch } from '../../support/cli.ts';

let place: ReturnType<typeof scratch>;
beforeEach(() => {
  place = scratch('materialise');
});
afterEach(() => place.remove());

const at = (...names: string[]) => path.join(place.path, ...names);

function solutionOf(manifest: string) {
  const files = { 'labs.yaml': manifest, 'package.json': '{}', 'package-lock.json': '{}' };
  mkdirSync(at('solution'));
  for (const [name, text] of Object.entries(files)) writeFileSync(at('solution', name), text);
  return { kind: 'solution', name: 'mine', directory: at('solution') } as const;
}

it('keeps what was installed, and nothing of what could not be', async () => {
  const subject = solutionOf(MANIFEST);
  const attempt = (copy: string, install: (submission: Submission) => Promise<void>) =>
    materialise(subject, at(copy), at('cache'), install);

  const offline = () => Promise.reject(new Error('the registry cannot be reached'));
  await expect(attempt('first', offline)).rejects.toThrow('the registry cannot be reached');
  expect(readdirSync(at('cache/installed'))).toEqual([]);

  await attempt('second', async ({ directory }) => {
    mkdirSync(path.join(directory, 'node_modules'));
    writeFileSync(path.join(directory, 'node_modules/dependency.js'), 'here');
    await rememberInstalled(directory, ['npm', 'ci']);
  });
  await attempt('third', offline);
  expect(readFileSync(at('third/node_modules/dependency.js'), 'utf8')).toBe('here');
  expect(readdirSync(at('cache/installed'))).toHaveLength(1);
});

it('takes a workspace with a lock file and no install step as it is', async () => {
  const subject = solutionOf(MANIFEST.replace('install: npm ci\n', ''));
  const { install } = await materialise(subject, at('copy'), at('cache'), async () => {});
  expect(install).toBeUndefined();
  expect(readdirSync(at('copy')).sort()).toEqual([
    'labs.yaml',
    'package-lock.json',
    'package.json',
  ]);
  expect(existsSync(at('cache'))).toBe(false);
});

const MANIFEST = `formatVersion: 1
lab: crud-api
language: javascript
install: npm ci
start: node server.js
`;
