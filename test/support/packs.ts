import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { root } from './cli.ts';

/** A lab of its own, and checks that another pack adds to it. */
export const NOTES = path.join(root, 'test/fixtures/packs/notes');
export const CLASS = path.join(root, 'test/fixtures/packs/class');
/** A lab without services. */
export const LETTERS = path.join(root, 'test/fixtures/packs/letters');

const IDENTITY = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];

/** A bare repository with this directory in its one commit, on the branch main, with the tag v1. */
export function repositoryOf(directory: string, place: string): { url: string; commit: string } {
  const work = path.join(place, 'work');
  const bare = path.join(place, 'pack.git');
  cpSync(directory, work, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', [...IDENTITY, ...args], { cwd: work, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=First');
  git('tag', '--annotate', '--message=One', 'v1');
  git('clone', '--quiet', '--bare', work, bare);
  return { url: `file://${bare}`, commit: git('rev-parse', 'HEAD') };
}
