import { chmod, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { environmentError } from '../../core/errors.ts';

/** As whom the server runs. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

const OTHER_USER = 'nobody';

/**
 * Undefined: as ourselves. Postgres refuses to run as root, and demands that its user has an entry
 * in the password file; then it is `nobody`.
 * @throws {LabsError} `environment`: root, and there is no such user
 */
export async function findServerUser(isRoot: boolean): Promise<ServerUser | undefined> {
  if (!isRoot) return undefined;
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const line of users.split('\n')) {
    // passwd(5)
    const [name, , id, group] = line.split(':');
    if (name === OTHER_USER && Number(id) > 0) return { name, uid: Number(id), gid: Number(group) };
  }
  throw environmentError(`Postgres cannot run as root, and there is no user ${OTHER_USER}.`, {
    hint: `Run labs as an ordinary user, or add one: useradd --system ${OTHER_USER}.`,
  });
}

/**
 * Sees to it that the server's user can reach a directory. Those of ours are opened where that is
 * needed: a strict umask closes them.
 * @throws {LabsError} `environment`: a directory above ours is closed to that user
 */
export async function makeReachable(
  directory: string,
  ours: readonly string[],
  user: ServerUser | undefined,
): Promise<void> {
  if (user === undefined) return;
  const real = await realpath(directory);
  const own = await Promise.all(ours.map((each) => realpath(each)));
  for (let at = real; ; at = path.dirname(at)) {
    if (!(await canEnter(at, user))) {
      if (!own.some((each) => at === each || at.startsWith(each + path.sep)))
        throw closed(at, user);
      await chmod(at, 0o755);
    }
    if (at === path.dirname(at)) return;
  }
}

async function canEnter(directory: string, user: ServerUser): Promise<boolean> {
  const { mode, uid, gid } = await stat(directory);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  return (mode & (gid === user.gid ? 0o010 : 0o001)) !== 0;
}

function closed(directory: string, user: ServerUser): Error {
  return environmentError(
    `Postgres runs as ${user.name} here, because we are root, and ${user.name} cannot enter ${directory}.`,
    {
      hint:
        `Run labs as an ordinary user, or open it (chmod o+x ${directory}), or name other ` +
        'directories in LABS_CACHE_DIR and LABS_RUNS_DIR.',
    },
  );
}
