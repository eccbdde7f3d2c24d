import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** Absolute path of the first program of that name on PATH. */
export async function which(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const name = platform === 'win32' ? `${program}.exe` : program;
  // Relative entries depend on where one stands: what they find is nothing to tell about.
  const directories = (env['PATH'] ?? '').split(path.delimiter).filter(path.isAbsolute);
  const files = directories.map((directory) => path.join(directory, name));
  const found = await Promise.all(files.map(isProgram));
  return files.find((_, index) => found[index]);
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
