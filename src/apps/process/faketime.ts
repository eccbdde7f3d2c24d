import { access } from 'node:fs/promises';

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

/** Where packages put it, the usual ones first. */
export function faketimePlaces(platform: NodeJS.Platform, arch: string): string[] {
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
