import { describe, expect, test } from 'vitest';
import { parsePackSource } from '../../../src/cli/packs/source.ts';
import { LabsError } from '../../../src/core/errors.ts';

const parse = (text: string) => parsePackSource(text, '/home/ada');

test.each([
  ['./class', '/home/ada/class'],
  ['..', '/home'],
  ['../class', '/home/class'],
  ['/srv/class', '/srv/class'],
])('%s is a directory', (text, directory) => {
  expect(parse(text)).toEqual({ kind: 'directory', shownAs: text, directory });
});

test.each([
  ['class', 'class', undefined],
  ['@school/class-pack', '@school/class-pack', undefined],
  ['class@1.2.0', 'class', '1.2.0'],
  ['@school/class@^1', '@school/class', '^1'],
  ['class@latest', 'class', 'latest'],
  ['class@file:./class-1.2.0.tgz', 'class', 'file:/home/ada/class-1.2.0.tgz'],
])('%s is a package', (text, name, version) => {
  expect(parse(text)).toEqual({ kind: 'npm', shownAs: text, name, version });
});

test.each([
  ['https://example.org/class.git', 'https://example.org/class.git', undefined],
  ['git+https://example.org/class#v1.2', 'https://example.org/class', 'v1.2'],
  ['ssh://git@example.org/class', 'ssh://git@example.org/class', undefined],
  ['git@example.org:school/class.git#main', 'git@example.org:school/class.git', 'main'],
  ['file:///srv/class.git#feature/x', 'file:///srv/class.git', 'feature/x'],
])('%s is a repository', (text, url, ref) => {
  expect(parse(text)).toMatchObject({ kind: 'git', url, ref });
});

test('credentials are used, and shown nowhere', () => {
  const source = parse('https://ada:token@example.org/class.git#v1');
  expect(source).toEqual({
    kind: 'git',
    shownAs: 'https://example.org/class.git#v1',
    url: 'https://ada:token@example.org/class.git',
    ref: 'v1',
  });
});

describe('is refused', () => {
  test.each([
    ['http://example.org/class', /come over https, ssh or file, not http\./],
    ['git://example.org/class', /not git\./],
    ['ext::sh -c touch% x', /expected a directory, a package of npm or a git URL/],
    ['git+ext://x', /not ext\./],
    ['https://example.org/class#--upload-pack=x', /a branch, a tag or a commit after the #/],
    ['https://example.org/class#a..b', /a branch, a tag or a commit after the #/],
    ['https://example.org/class#', /a branch, a tag or a commit after the #/],
    ['-rf', /expected a directory/],
    ['', /expected a directory/],
    ['built-in', /are there always/],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(LabsError);
  });
});
