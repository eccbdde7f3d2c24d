import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { pruneDependencies, templateName } from '../../../src/apps/docker/image/kept.ts';
import { connect } from '../../../src/docker/client.ts';
import { ASKED_FOR_MS, findEngine } from '../../../src/docker/engine.ts';
import { labs, scratch } from '../../support/cli.ts';
import { type FakeImage, fakeEngine } from './fake-engine.ts';

const image = (name: string, created: number, more: Partial<FakeImage> = {}): FakeImage => ({
  Id: `sha256:${name}`,
  RepoTags: [`labs-dependencies:${name}`],
  Created: created,
  Labels: { 'labs.image': 'dependencies' },
  ...more,
});
const template = image('t', 0, { RepoTags: ['labs-dependencies:t', 'labs-template:crud-api-go'] });
const other = image('x', 0, { RepoTags: ['postgres:17-alpine'], Labels: {} });

it('the oldest go first, a template’s dependencies and what is not ours never', async () => {
  const nameless = image('b', 1, { RepoTags: ['<none>:<none>'] });
  await using fake = await fakeEngine([image('c', 2), template, nameless, image('d', 3), other]);
  const engine = await findEngine({ DOCKER_HOST: fake.url }, ASKED_FOR_MS);
  if (!engine.answers) throw new Error(engine.reason);
  expect(await pruneDependencies(await connect(engine), 1)).toEqual([
    'labs-dependencies:c',
    'sha256:b',
  ]);
  expect(fake.images.map(({ Id }) => Id)).toEqual(['sha256:t', 'sha256:d', 'sha256:x']);
});

it('labs clean --cache removes all of ours, and says so; labs clean none', async () => {
  const place = scratch('kept');
  try {
    await using fake = await fakeEngine([image('c', 2), structuredClone(template), other]);
    const below = (name: string) => path.join(place.path, name);
    const options = {
      cwd: place.path,
      runs: below('runs'),
      cache: below('cache'),
      env: { DOCKER_HOST: fake.url },
    };
    expect(await labs(['clean'], options)).toMatchObject({ stdout: 'Nothing to clean.\n' });
    expect(fake.images).toHaveLength(3);
    mkdirSync(path.join(below('cache'), 'packs'), { recursive: true });
    const { code, stdout } = await labs(['clean', '--cache'], options);
    expect(stdout.split('\n')).toEqual([
      `removed cache ${below('cache')}/packs`,
      'removed image labs-dependencies:c',
      'removed image labs-dependencies:t',
      'removed image labs-template:crud-api-go',
      '',
    ]);
    expect(code).toBe(0);
    expect(fake.images.map(({ Id }) => Id)).toEqual(['sha256:x']);
  } finally {
    place.remove();
  }
});

it('a template’s folder may have any name', () => {
  expect(templateName('crud-api', 'c++ 23')).toEqual({
    repo: 'labs-template',
    tag: 'crud-api-c---23',
  });
});
