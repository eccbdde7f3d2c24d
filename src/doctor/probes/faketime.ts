import { access } from 'node:fs/promises';

const TRIPLETS: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
};

/**
 * Absolute path of the libfaketime that grading would use. The list is also that of
 * src/apps/process/faketime.ts, which the doctor may not import; a test holds them together.
 */
export async function lookForFaketime(
  platform: NodeJS.Platform,
  arch: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const named = env['LABS_FAKETIME'];
  for (const file of named === undefined ? places(platform, arch) : [named]) {
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  return undefined;
}

export function places(platform: NodeJS.Platform, arch: string): string[] {
  if (platform === 'darwin')
    return ['/opt/homebrew/lib', '/usr/local/lib'].map(
      (directory) => `${directory}/faketime/libfaketime.1.dylib`,
    );
  if (platform !== 'linux') return [];
  const triplet = TRIPLETS[arch];
  const debian = triplet === undefined ? [] : [`/usr/lib/${triplet}`];
  return [...debian, '/usr/lib64', '/usr/lib', '/usr/local/lib'].map(
    (directory) => `${directory}/faketime/libfaketime.so.1`,
  );
}
