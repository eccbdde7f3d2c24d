import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { quote } from '../../catalog/quote.ts';
import { environmentError, usageError } from '../../core/errors.ts';
import { cachedAs } from '../../platform/cached.ts';
import { runCommand } from '../../platform/command.ts';
import type { Host } from '../../platform/host.ts';
import { cacheFor } from './cache.ts';
import type { PackSource } from './source.ts';

type NpmSource = Extract<PackSource, { kind: 'npm' }>;

const INSTALL_TIMEOUT_MS = 180_000;

/**
 * The directory of an installed package: the project's own where no version is named, otherwise one
 * in the cache, into which npm puts it without running any of its scripts.
 *
 * @throws {LabsError} usage: it is not there; environment: npm could not get it
 */
export async function npmPack(source: NpmSource, host: Host): Promise<string> {
  const { name, version } = source;
  return version === undefined
    ? installedIn(host.cwd, source)
    : installed(name, version, source, host);
}

async function installedIn(cwd: string, { shownAs, name }: NpmSource): Promise<string> {
  for (let directory = cwd; ; directory = path.dirname(directory)) {
    const candidate = path.join(directory, 'node_modules', name);
    if (await exists(path.join(candidate, 'package.json'))) return candidate;
    if (directory === path.dirname(directory)) break;
  }
  const isDirectory = await exists(path.resolve(cwd, name));
  throw usageError(
    `--pack ${shownAs}: no package ${name} is installed here, nor in a directory above.`,
    {
      hint: isDirectory
        ? `For the directory write --pack ./${name}.`
        : `Run \`npm install --save-dev --ignore-scripts ${name}\`, or name a version to fetch: --pack ${name}@latest.`,
    },
  );
}

async function installed(
  name: string,
  version: string,
  { shownAs }: NpmSource,
  host: Host,
): Promise<string> {
  const spec = `${name}@${version}`;
  const exact = /^\d+\.\d+\.\d+[\w.+-]*$/.test(version) ? cacheFor(host, 'npm', spec) : undefined;
  if (exact !== undefined && (await exists(exact))) return path.join(exact, 'node_modules', name);
  const place = await cachedAs(path.dirname(cacheFor(host, 'npm', spec)), async (draft) => {
    await install(spec, draft, shownAs, host);
    await check(path.join(draft, 'node_modules', name), name, shownAs);
    // What is not one exact version may be another one today: what another run is using stays.
    return exact ?? cacheFor(host, 'npm', `${spec} ${await digestOf(draft)}`);
  });
  return path.join(place, 'node_modules', name);
}

async function digestOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${path.relative(directory, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function install(spec: string, directory: string, shownAs: string, host: Host) {
  const flags = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--omit=dev',
    '--loglevel=error',
  ];
  const outcome = await runCommand(
    'npm',
    ['install', ...flags, '--install-links', '--prefix', directory, '--', spec],
    { env: host.env, cwd: directory, timeoutMs: INSTALL_TIMEOUT_MS, signal: host.signal },
  );
  host.signal.throwIfAborted();
  if (!outcome.started)
    throw environmentError(`--pack ${shownAs}: npm cannot be started: ${outcome.message}.`, {
      hint: 'Install Node.js with npm, or name a directory: --pack ./class.',
    });
  if (outcome.exitCode !== 0)
    throw environmentError(
      outcome.timedOut
        ? `--pack ${shownAs}: npm had not installed it after ${INSTALL_TIMEOUT_MS / 1000} s.`
        : `--pack ${shownAs}: npm could not install it.`,
      {
        detail: outcome.stderr.trim().split('\n').slice(0, 12).join('\n') || undefined,
        hint: 'Mend what npm says; without a network name a directory or a tarball: --pack class-pack@file:./class-pack.tgz.',
      },
    );
}

/** `npm install a@file:…` takes a package of another name without a word. */
async function check(directory: string, name: string, shownAs: string): Promise<void> {
  const manifest = await readFile(path.join(directory, 'package.json'), 'utf8').catch(() => '{}');
  const { name: found } = JSON.parse(manifest) as { name?: unknown };
  if (found === name) return;
  throw usageError(`--pack ${shownAs}: the package that it leads to is called ${quote(found)}.`, {
    hint: 'Write its own name before the @.',
  });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
