import { allLabs, type Finding, type LabNeeds } from '../finding.ts';
import type { Machine } from '../machine.ts';

type Asked = Pick<Machine, 'canListen' | 'platform'>;

/** Of `labs run`, unless told otherwise. */
const RUN_PORT = 3000;

/** Whether apps, services and the proxy can listen. */
export async function checkPorts(machine: Asked, labs: readonly LabNeeds[]): Promise<Finding> {
  const about = { id: 'ports', title: 'Ports' };
  const [any, run] = await Promise.all([machine.canListen(0), machine.canListen(RUN_PORT)]);
  if (!any) {
    return {
      ...about,
      state: 'missing',
      found: 'nothing may listen on 127.0.0.1',
      meaning: 'The app and its services are reached there.',
      lack: 'nothing may listen on 127.0.0.1',
      labs: allLabs(labs),
      advice: 'leave the sandbox, or let it have a loopback interface (`ip link set lo up`)',
    };
  }
  if (!run) {
    return {
      ...about,
      state: 'warning',
      found: `${RUN_PORT} is taken`,
      meaning: `\`labs run\` uses port ${RUN_PORT} unless told otherwise; grading does not.`,
      labs: allLabs(labs),
      advice: `\`labs run --port 3001\`, or stop what listens there (${whoListens(machine)})`,
    };
  }
  return { ...about, state: 'ok', found: `127.0.0.1, ${RUN_PORT} is free`, meaning: '', labs: [] };
}

function whoListens({ platform }: Asked): string {
  const command =
    platform === 'linux'
      ? `ss -ltnp 'sport = :${RUN_PORT}'`
      : `lsof -iTCP:${RUN_PORT} -sTCP:LISTEN`;
  return `\`${command}\` names it`;
}
