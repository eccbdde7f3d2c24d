import path from 'node:path';
import { environmentError, type LabsError, usageError } from '../../core/errors.ts';
import { cached } from '../../platform/cached.ts';
import { type CommandOutcome, runCommand } from '../../platform/command.ts';
import type { Host } from '../../platform/host.ts';
import { removeTree } from '../../platform/run-directory.ts';
import { cacheFor } from './cache.ts';
import type { PackSource } from './source.ts';

type GitSource = Extract<PackSource, { kind: 'git' }>;

const TIMEOUT_MS = 120_000;
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * A checkout of one commit in the cache, without its history and submodules. A commit that is there
 * needs no network.
 *
 * @throws {LabsError} usage: no such branch, tag or commit; environment: git could not get it
 */
export async function gitPack(
  source: GitSource,
  host: Host,
): Promise<{ root: string; commit: string }> {
  const place = cacheFor(host, 'git', source.shownAs.replace(/#.*/, ''));
  const git = (args: readonly string[], cwd = path.dirname(place)) =>
    runGit(args, source, host, cwd);
  const commit = await commitOf(source, git);
  const root = path.join(place, commit);
  await cached(root, async (draft) => {
    await checkOut(source, commit, git, draft);
    // Nothing reads it again, and it may name the credentials.
    await removeTree(path.join(draft, '.git'));
  });
  return { root, commit };
}

type Git = (args: readonly string[], cwd?: string) => Promise<CommandOutcome & { started: true }>;

async function commitOf(source: GitSource, git: Git): Promise<string> {
  const { url, ref, shownAs } = source;
  if (ref !== undefined && COMMIT.test(ref)) return ref;
  const names =
    ref === undefined ? ['HEAD'] : [`refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`];
  const listed = await git(['ls-remote', '--', url, ...names]);
  if (listed.exitCode !== 0) throw unreachable(source, listed);
  const found = new Map(
    listed.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t').reverse() as [string, string]),
  );
  const commit = names.map((name) => found.get(name)).find((id) => id !== undefined);
  if (commit !== undefined && COMMIT.test(commit)) return commit;
  throw usageError(
    ref === undefined
      ? `--pack ${shownAs}: the repository has no commit.`
      : `--pack ${shownAs}: the repository has no branch and no tag ${ref}.`,
    { hint: 'Name a branch, a tag, or a commit by all of its 40 digits, after the #.' },
  );
}

async function checkOut({ url, shownAs }: GitSource, commit: string, git: Git, draft: string) {
  const source = { url, shownAs } as GitSource;
  const steps = [
    ['init', '--quiet', '--template='],
    ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', url, commit],
    ['checkout', '--quiet', '--detach', commit, '--'],
  ];
  for (const step of steps) {
    const outcome = await git(step, draft);
    if (outcome.exitCode === 0) continue;
    if (/not our ref|couldn't find remote ref/.test(outcome.stderr))
      throw usageError(`--pack ${shownAs}: the repository does not give the commit ${commit}.`, {
        hint: 'Name a branch or a tag that leads to it.',
      });
    throw unreachable(source, outcome);
  }
}

/** What a repository could have run of itself: hooks, other transports, submodules, a monitor. */
const SAFE = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.ext.allow=never',
  'protocol.git.allow=never',
  'protocol.http.allow=never',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);

async function runGit(
  args: readonly string[],
  { shownAs }: GitSource,
  host: Host,
  cwd: string,
): Promise<CommandOutcome & { started: true }> {
  const outcome = await runCommand('git', [...SAFE, ...args], {
    env: {
      ...withoutGit(host.env),
      // Never the configuration of a repository that one happens to be in: a learner's.
      GIT_CEILING_DIRECTORIES: host.directories.cache,
      // Nobody is there to answer, and waiting for a password is no way to fail.
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    },
    cwd,
    timeoutMs: TIMEOUT_MS,
    signal: host.signal,
  });
  host.signal.throwIfAborted();
  if (outcome.started) return outcome;
  throw environmentError(`--pack ${shownAs}: git cannot be started: ${outcome.message}.`, {
    hint: 'Install git, or clone the pack yourself and name the directory: --pack ./class.',
  });
}

/** As in a hook of another repository, where GIT_DIR and its like lead there. */
function withoutGit(env: Host['env']): Host['env'] {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|NAMESPACE|CONFIG_PARAMETERS)$/.test(name),
    ),
  );
}

function unreachable(
  { url, shownAs }: GitSource,
  outcome: CommandOutcome & { started: true },
): LabsError {
  const said = outcome.stderr.replaceAll(url, shownAs.replace(/#.*/, '')).trim();
  return environmentError(
    outcome.timedOut
      ? `--pack ${shownAs}: git had no answer within ${TIMEOUT_MS / 1000} s.`
      : `--pack ${shownAs}: git could not fetch it.`,
    {
      detail: said.split('\n').slice(0, 8).join('\n') || undefined,
      hint: 'See whether `git ls-remote` reaches it; a commit that was fetched before needs no network.',
    },
  );
}
