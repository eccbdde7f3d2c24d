import { environmentError, type LabsError } from '../../../core/errors.ts';
import { containerLog } from '../../../docker/log-tail.ts';
import { removeContainer } from '../../../docker/remove.ts';
import type { ContainerPlan } from './container.ts';
import { RELAY_LIMITS } from './limits.ts';
import { hostConfig, USER } from './profile.ts';

/** With less than this a program may well have been refused its next file. */
const ROOM_MIB = 64;

/**
 * Free room on the disk from which containers write, in MiB, as one of them sees it: the engine's
 * disk may be that of a virtual machine. Undefined where that cannot be found out.
 */
export async function freeMiB(plan: ContainerPlan): Promise<number | undefined> {
  const { docker, image, labels } = plan;
  const name = `${plan.name}-disk`;
  try {
    const container = await docker.createContainer({
      name,
      Image: image,
      Entrypoint: [],
      Cmd: ['df', '-Pk', '/'],
      User: `${USER.uid}:${USER.gid}`,
      Labels: { ...labels },
      HostConfig: hostConfig({ limits: RELAY_LIMITS, network: 'none' }),
    });
    const ended = container.wait({ condition: 'next-exit' });
    await container.start();
    await ended;
    // POSIX: the fourth column of the second line, in units of 1,024 bytes.
    const [, row = ''] = (await containerLog(container)).split('\n');
    const free = Number(row.trim().split(/\s+/)[3]);
    return Number.isFinite(free) && row !== '' ? Math.floor(free / 1024) : undefined;
  } catch {
    return undefined;
  } finally {
    await removeContainer(docker, name).catch(() => {});
  }
}

/** Not the learner's, where the engine's disk has no room for anybody. */
export function diskFull(free: number | undefined): LabsError | undefined {
  if (free === undefined || free >= ROOM_MIB) return undefined;
  return environmentError(`The disk of the Docker engine is full: ${free} MiB are free.`, {
    hint: 'See what takes the room with `docker system df`, and remove what nobody needs: `docker system prune`, `labs clean --cache`.',
  });
}
