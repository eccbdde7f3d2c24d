import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LabsError } from '../../core/errors.ts';
import { findPackage } from '../../services/local/package.ts';
import { findServerUser } from '../../services/local/server-user.ts';
import type { Machine, PostgresState } from '../machine.ts';

interface Asked extends Pick<Machine, 'platform' | 'arch' | 'run'> {
  isRoot: boolean;
}

/** The Postgres that npm installs, and whether a server of it could run. */
export async function lookForPostgres(asked: Asked): Promise<PostgresState> {
  const { platform, arch, isRoot } = asked;
  const found = await findPackage(platform, arch);
  if (found === undefined) {
    const reason = `npm installed no Postgres for ${platform}-${arch}`;
    return { usable: false, trouble: 'absent', reason };
  }
  try {
    await findServerUser(isRoot);
  } catch (error) {
    if (!(error instanceof LabsError)) throw error;
    return {
      usable: false,
      trouble: 'user',
      reason: error.message.replace(/\.$/, ''),
      ...(error.hint !== undefined && { hint: decapitalised(error.hint) }),
    };
  }
  const version = await versionOf(found.directory, asked);
  if (version !== undefined) return { usable: true, version, where: found.directory };
  // Built for glibc: on Alpine, for one, there is no loader for it.
  const reason = `npm's binaries for ${platform}-${arch} do not run here`;
  return { usable: false, trouble: 'broken', reason };
}

async function versionOf(directory: string, { run }: Asked): Promise<string | undefined> {
  const binary = path.join(directory, 'native', 'bin', 'postgres');
  const outcome = await run(binary, '--version');
  if (!outcome.started) return undefined;
  const version = /PostgreSQL\) (\S+)/.exec(outcome.stdout)?.[1];
  if (version !== undefined) return `PostgreSQL ${version}`;
  return (await lacksItsLinks(directory, outcome.stderr)) ? 'PostgreSQL' : undefined;
}

/** npm skips install scripts where it is told to; labs makes the links of its own copy itself. */
async function lacksItsLinks(directory: string, stderr: string): Promise<boolean> {
  const library =
    /error while loading shared libraries: ([^\s:]+)/.exec(stderr)?.[1] ??
    /Library not loaded: \S*\/(\S+)/.exec(stderr)?.[1];
  if (library === undefined) return false;
  const list = path.join(directory, 'native', 'pg-symlinks.json');
  return (await readFile(list, 'utf8').catch(() => '')).includes(`/${library}"`);
}

function decapitalised(text: string): string {
  return (text[0] ?? '').toLowerCase() + text.slice(1).replace(/\.$/, '');
}
