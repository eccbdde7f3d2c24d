import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { runCommand } from '../platform/command.ts';
import { findFaketime } from '../platform/faketime.ts';
import type { Host } from '../platform/host.ts';
import { which } from '../platform/which.ts';
import type { Machine } from './machine.ts';
import { MANAGER_NAMES, type PackageManager, packageManager } from './packages.ts';
import { lookForEngine } from './probes/engine.ts';
import { canListen } from './probes/listen.ts';
import { lookForPostgres } from './probes/postgres.ts';
import { spaceOf } from './probes/space.ts';

const RUN_MS = 1_000;

/** The machine that labs runs on. What is asked twice is looked up once: make a new one afterwards. */
export async function thisMachine(host: Host): Promise<Machine> {
  const { env, platform, arch, isRoot, directories } = host;
  const timeoutMs = host.doctorLimits?.programMs ?? RUN_MS;
  const find = (program: string) => which(program, env, platform);
  const run: Machine['run'] = (file, ...args) =>
    runCommand(file, args, { env, timeoutMs, signal: host.signal });
  const sudo = await find('sudo');
  return {
    platform,
    arch,
    rights: isRoot ? 'root' : sudo === undefined ? 'none' : 'sudo',
    nodeVersion: process.versions.node,
    userName: userName(env),
    directories,
    hasSystemd: existsSync('/run/systemd/system'),
    packageManager: await findManager(find, isRoot),
    which: find,
    run,
    space: spaceOf,
    engine: once(() => lookForEngine(env)),
    postgres: once(() => lookForPostgres({ platform, arch, isRoot, run })),
    faketime: () => findFaketime(platform, arch, env),
    canListen,
  };
}

async function findManager(
  find: Machine['which'],
  isRoot: boolean,
): Promise<PackageManager | undefined> {
  const files = await Promise.all(MANAGER_NAMES.map(find));
  return MANAGER_NAMES.filter((_, index) => files[index] !== undefined)
    .map(packageManager)
    .find(({ privileged }) => privileged || !isRoot);
}

function userName(env: Host['env']): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run with an id that has no entry in the password file.
    return env['USER'] ?? String(process.getuid?.() ?? '');
  }
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let looked: Promise<T> | undefined;
  return () => (looked ??= look());
}
