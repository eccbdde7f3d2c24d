import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../../src/cli/program.ts';
import type { Host, Output } from '../../src/platform/host.ts';

export const root = path.resolve(import.meta.dirname, '../..');

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  runs: string;
  cache?: string;
  /** What is remembered; beside `runs` where nothing is said, and never the user's own. */
  state?: string;
  /** Root of the built-in pack; the checkout where nothing is said. */
  pack?: string;
  /** Answers to questions, in order. */
  answers?: string[];
}

/** What runners set: where these tests run, no reporter is on by itself, unless a test says so. */
export const NO_RUNNER = {
  GITHUB_ACTIONS: undefined,
  GITHUB_OUTPUT: undefined,
  GITHUB_STEP_SUMMARY: undefined,
  GITLAB_CI: undefined,
};

/** Runs a whole command in this process and gives back what it printed. */
export async function labs(args: readonly string[], options: RunOptions): Promise<Ran> {
  const stdout = captured();
  const stderr = captured();
  const host: Host = {
    cwd: options.cwd,
    env: { ...process.env, ...NO_RUNNER, ...options.env },
    platform: process.platform,
    arch: process.arch,
    isRoot: process.getuid?.() === 0,
    stdout,
    stderr,
    ask: async () => options.answers?.shift(),
    signal: options.signal ?? new AbortController().signal,
    directories: {
      package: options.pack ?? root,
      cache: options.cache ?? sharedCache(),
      runs: options.runs,
      state: options.state ?? stateBeside(options.runs),
    },
  };
  const code = await runCli(args, host);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function captured(): Output & { text(): string } {
  let written = '';
  return {
    write: (text) => {
      written += text;
    },
    text: () => written,
    isTerminal: false,
    columns: 100,
    colors: false,
  };
}

export function stateBeside(runs: string): string {
  return path.join(path.dirname(runs), 'state');
}

/** What is slow to make (a prepared data directory, installed solutions) is kept between tests. */
export function sharedCache(): string {
  const base = process.getuid?.() === 0 ? '/var/cache' : tmpdir();
  return path.join(base, 'backend-labs-test');
}

/** A directory that others can look into, as Postgres must when it runs as another user. */
export function scratch(
  name: string,
  base = process.platform === 'linux' ? '/dev/shm' : tmpdir(),
): { path: string; remove(): void } {
  const directory = mkdtempSync(path.join(base, `labs-${name}-`));
  chmodSync(directory, 0o755);
  return {
    path: directory,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
