import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabsError } from '../../../src/core/errors.ts';
import { claimDirectory, findDirectories } from '../../../src/platform/directories.ts';
import { scratch } from '../../support/cli.ts';

let place: ReturnType<typeof scratch>;
beforeEach(() => {
  place = scratch('directories');
});
afterEach(() => place.remove());

const below = (...names: string[]) => path.join(place.path, ...names);

function refusal(directory: string): LabsError {
  try {
    claimDirectory(directory);
  } catch (error) {
    if (error instanceof LabsError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a directory of ours', () => {
  it('is made where it is not there, for us alone to write to', () => {
    expect(claimDirectory(below('a', 'b'))).toBe(below('a', 'b'));
    expect(statSync(below('a', 'b')).mode & 0o022).toBe(0);
  });

  it('is taken where it is there', () => {
    mkdirSync(below('a'), { mode: 0o700 });
    claimDirectory(below('a'));
    claimDirectory(below('a'));
  });

  it('is not a symbolic link, even to a directory of ours', () => {
    mkdirSync(below('target'));
    symlinkSync(below('target'), below('link'));
    const error = refusal(below('link'));
    expect(error.kind).toBe('environment');
    expect(error.message).toBe(`${below('link')} is not a directory of yours alone.`);
    expect(error.hint).toContain('LABS_RUNS_DIR');
  });

  it.each([0o777, 0o1777, 0o775])('is not one that others can write to: %o', (mode) => {
    mkdirSync(below('open'));
    chmodSync(below('open'), mode);
    expect(refusal(below('open')).message).toContain('not a directory of yours alone');
  });

  it.runIf(process.getuid?.() === 0)('is not another user’s', () => {
    mkdirSync(below('theirs'));
    chownSync(below('theirs'), 65_534, 65_534);
    expect(refusal(below('theirs')).message).toContain('not a directory of yours alone');
  });

  it('is not a file, nor below one', () => {
    writeFileSync(below('file'), '');
    expect(refusal(below('file')).message).toContain('Cannot write to');
    expect(refusal(below('file', 'x')).kind).toBe('environment');
  });
});

describe('where things are', () => {
  it('is what the environment says', () => {
    const env = {
      LABS_CACHE_DIR: '/somewhere/cache',
      LABS_RUNS_DIR: '/somewhere/runs',
      LABS_STATE_DIR: '/somewhere/state',
    };
    expect(findDirectories(env, 'linux')).toMatchObject({
      cache: '/somewhere/cache',
      runs: '/somewhere/runs',
      state: '/somewhere/state',
    });
  });

  it('is otherwise one for each user', () => {
    const { runs } = findDirectories({}, 'linux');
    expect(path.basename(runs)).toBe(`backend-labs-${process.getuid?.() ?? 0}`);
  });

  it.each([
    ['linux', {}, path.join(homedir(), '.local/state/backend-labs')],
    ['linux', { XDG_STATE_HOME: '/elsewhere' }, '/elsewhere/backend-labs'],
    ['darwin', {}, path.join(homedir(), 'Library/Application Support/backend-labs')],
  ] as const)('of what is remembered is in the user’s home: %s %j', (platform, env, expected) => {
    expect(findDirectories(env, platform).state).toBe(expected);
  });
});
