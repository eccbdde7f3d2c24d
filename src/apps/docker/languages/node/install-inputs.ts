import type { Command } from '../../../../core/submission.ts';
import type { ContextFile } from '../../context/files.ts';

const MANIFEST = 'package.json';
/** All that npm, pnpm and Yarn read at the root of a project. */
const INPUTS = [
  MANIFEST,
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'yarn.lock',
  '.npmrc',
  '.yarnrc.yml',
];
const MANAGERS = ['npm', 'pnpm', 'yarn', 'corepack'];
/** Scripts that installing runs, which may use any file. */
const SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'preprepare',
  'prepare',
  'postprepare',
  'prepublish',
];
/** Packages that lie in the workspace. */
const LOCAL = /^(?:file|link|portal|workspace):|^\.{0,2}\//;

interface Manifest {
  scripts?: Record<string, unknown>;
  workspaces?: unknown;
  [dependencies: string]: unknown;
}

export async function installInputs(
  [program]: Command,
  files: readonly ContextFile[],
  read: (path: string) => Promise<string>,
): Promise<readonly ContextFile[] | undefined> {
  if (!MANAGERS.includes(program)) return undefined;
  const inputs = files.filter(({ path, kind }) => INPUTS.includes(path) && kind === 'file');
  if (!inputs.some(({ path }) => path === MANIFEST)) return undefined;
  const manifest = parse(await read(MANIFEST));
  return manifest === undefined || mayUseAnyFile(manifest) ? undefined : inputs;
}

function parse(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Manifest) : undefined;
  } catch {
    // The install step says it better.
    return undefined;
  }
}

function mayUseAnyFile(manifest: Manifest): boolean {
  const { scripts = {}, workspaces } = manifest;
  if (workspaces !== undefined || SCRIPTS.some((name) => Object.hasOwn(scripts, name))) return true;
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'];
  return kinds.some((kind) =>
    Object.values(manifest[kind] ?? {}).some(
      (version) => typeof version !== 'string' || LOCAL.test(version),
    ),
  );
}
