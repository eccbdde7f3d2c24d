import { access } from 'node:fs/promises';
import { environmentError, type LabsError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Debian's name of an architecture, in paths. */
const TRIPLETS: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

/** Absolute path of libfaketime; undefined where there is none. `LABS_FAKETIME` names another. */
export async function findFaketime(
  platform: NodeJS.Platform,
  arch: string,
  env: Environment,
): Promise<string | undefined> {
  const named = env['LABS_FAKETIME'];
  const files = named === undefined ? faketimePlaces(platform, arch) : [named];
  const found = await Promise.all(files.map(isThere));
  return files.find((_, index) => found[index]);
}

/** Why a process cannot have a wrong clock on this machine. */
export function noFaketime(name: string, offsetMs: number): LabsError {
  const off = `${Math.abs(offsetMs) / 1000} s ${offsetMs < 0 ? 'behind' : 'ahead'}`;
  return environmentError(
    `The clock of ${name} cannot be set ${off}: there is no libfaketime on this machine.`,
    {
      hint:
        process.platform === 'win32'
          ? 'There is none for Windows: grade under WSL.'
          : 'Install it with `labs doctor --fix --only clock`; the package is called libfaketime.',
    },
  );
}

/** Where packages put it, the usual ones first. */
function faketimePlaces(platform: NodeJS.Platform, arch: string): string[] {
  if (platform === 'darwin')
    return ['/opt/homebrew/lib', '/usr/local/lib'].map(
      (directory) => `${directory}/faketime/libfaketime.1.dylib`,
    );
  if (platform !== 'linux') return [];
  const triplet = TRIPLETS[arch];
  // Debian; Fedora and openSUSE; Arch and Alpine; who built it.
  const directories = [
    ...(triplet === undefined ? [] : [`/usr/lib/${triplet}`]),
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib',
  ];
  return directories.map((directory) => `${directory}/faketime/libfaketime.so.1`);
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
