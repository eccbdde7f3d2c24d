import { allLabs, type Finding, type Fix, type LabNeeds } from '../finding.ts';
import type { EngineTrouble, Machine } from '../machine.ts';
import { installation } from '../packages.ts';

type Asked = Pick<
  Machine,
  'engine' | 'which' | 'platform' | 'hasSystemd' | 'packageManager' | 'userName'
>;

const WITHOUT_IT = 'Optional: services then run as processes of this machine.';

/** A Docker engine that answers. No lab needs one where its services can run without. */
export async function checkEngine(machine: Asked, labs: readonly LabNeeds[]): Promise<Finding> {
  const about = { id: 'engine', title: 'Docker' };
  const engine = await machine.engine();
  if (engine.answers) {
    const { version, apiVersion, where } = engine;
    const found = `engine ${version} (API ${apiVersion}), ${where}`;
    const leak = leakOf(version);
    return leak === undefined
      ? { ...about, state: 'ok', found, meaning: '', labs: [] }
      : { ...about, state: 'warning', found, labs: [], ...leak };
  }
  return {
    ...about,
    state: 'warning',
    found: `no engine answers: ${engine.reason}`,
    meaning: WITHOUT_IT,
    labs: allLabs(labs),
    ...(await wayOn(engine.trouble, machine)),
  };
}

/**
 * Until Docker 23 its seccomp profile let containers open AF_VSOCK sockets, which lead from a virtual
 * machine to its host past every network namespace (https://github.com/moby/moby/pull/44563).
 * Podman counts its versions otherwise, and closed them from the start.
 */
function leakOf(version: string): Pick<Finding, 'meaning' | 'advice'> | undefined {
  const major = Number.parseInt(version, 10);
  if (!(major >= 17 && major < 23)) return undefined;
  return {
    meaning:
      'For your own code it is fine. In the sandbox, a stranger’s can open AF_VSOCK sockets: on a virtual machine these reach its host.',
    advice: 'before you grade strangers’ code in a virtual machine, install Docker 23 or later',
  };
}

async function wayOn(
  trouble: EngineTrouble,
  machine: Asked,
): Promise<Pick<Finding, 'fix' | 'advice'>> {
  switch (trouble) {
    case 'named':
      return {
        advice:
          'start the engine that is named there, or unset DOCKER_HOST (a context: `docker context use default`)',
      };
    case 'silent':
      return { advice: 'restart the engine: it takes connections but gives no useful answer' };
    case 'denied':
      return { fix: membership(machine.userName) };
    case 'refused':
      return { fix: await start(machine) };
    case 'absent':
      if (await isInstalled(machine)) return { fix: await start(machine) };
      return install(machine);
  }
}

function install({ packageManager }: Asked): Pick<Finding, 'fix' | 'advice'> {
  const fix = installation(packageManager, 'docker', 'install a Docker engine');
  return fix === undefined
    ? { advice: 'install a Docker engine: https://docs.docker.com/engine/install' }
    : { fix };
}

async function isInstalled({ which }: Asked): Promise<boolean> {
  const programs = await Promise.all(['docker', 'dockerd'].map(which));
  return programs.some((program) => program !== undefined);
}

async function start({ platform, hasSystemd, which }: Asked): Promise<Fix> {
  const about = { description: 'start the Docker engine', settleMs: 10_000 };
  if (platform === 'darwin') {
    const colima = (await which('colima')) !== undefined;
    const command = colima ? ['colima', 'start'] : ['open', '-a', 'Docker'];
    return { ...about, command: [command], privileged: false, settleMs: 60_000 };
  }
  const command = hasSystemd ? ['systemctl', 'start', 'docker'] : ['service', 'docker', 'start'];
  return { ...about, command: [command], privileged: true };
}

function membership(user: string): Fix {
  return {
    description:
      'join the group that may use Docker (which is as good as being root), then log in again',
    command: [['usermod', '-aG', 'docker', user]],
    privileged: true,
  };
}
