import { findRedisPrograms } from '../../services/local/redis-program.ts';
import { isTooOld, OLDEST } from '../../services/redis/rules.ts';
import { type Finding, type LabNeeds, labsNeeding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import { installation } from '../packages.ts';

type Asked = Pick<Machine, 'engine' | 'which' | 'run' | 'packageManager'>;

/** A Redis to start: a program on PATH, else an image. npm has none that runs everywhere. */
export async function checkRedis(machine: Asked, labs: readonly LabNeeds[]): Promise<Finding> {
  const about = { id: 'redis', title: 'Redis' };
  const [servers, engine] = await Promise.all([findRedisPrograms(machine), machine.engine()]);
  const usable = servers.find(({ version }) => version !== undefined && !isTooOld(version));
  if (usable !== undefined) {
    const found = `${usable.version}, ${usable.file}`;
    return { ...about, state: 'ok', found, meaning: '', labs: [] };
  }
  const concerned = labsNeeding(labs, 'redis');
  const broken = servers[0];
  const fix =
    broken === undefined
      ? installation(machine.packageManager, 'redis', describe(machine))
      : undefined;
  return {
    ...about,
    found:
      broken === undefined
        ? 'neither redis-server nor valkey-server is on PATH'
        : broken.version === undefined
          ? `${broken.file} does not run`
          : `${broken.file} is ${broken.version}; labs needs ${OLDEST} or newer`,
    labs: concerned,
    ...effect(concerned, engine.answers),
    ...(fix === undefined ? { advice: 'install Redis: https://redis.io/downloads' } : { fix }),
  };
}

function effect(
  concerned: readonly string[],
  inDocker: boolean,
): Pick<Finding, 'state' | 'meaning' | 'lack'> {
  if (concerned.length === 0)
    return { state: 'warning', meaning: 'No lab needs it yet; some that are to come will.' };
  if (inDocker) {
    return {
      state: 'warning',
      meaning: 'Redis runs in Docker all the same; --provider local does not work.',
    };
  }
  return { state: 'missing', lack: 'no Redis', meaning: 'There is nowhere to run Redis.' };
}

function describe({ packageManager }: Asked): string {
  return packageManager?.name === 'apt-get'
    ? 'install Redis; where there is an init system, its service then listens on port 6379, ' +
        'which labs neither uses nor minds'
    : 'install Redis';
}
