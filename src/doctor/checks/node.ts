import { allLabs, type Finding, type LabNeeds } from '../finding.ts';
import type { Machine } from '../machine.ts';

const NEEDED = { major: 22, minor: 22 };

/** The Node.js that runs labs. */
export async function checkNode(
  { nodeVersion }: Pick<Machine, 'nodeVersion'>,
  labs: readonly LabNeeds[],
): Promise<Finding> {
  const about = { id: 'node', title: 'Node.js', found: nodeVersion };
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor))
    return { ...about, state: 'ok', meaning: '', labs: [] };
  const needed = `${NEEDED.major}.${NEEDED.minor}`;
  return {
    ...about,
    state: 'missing',
    found: `${nodeVersion} is too old`,
    meaning: `labs needs Node.js ${needed} or newer.`,
    lack: 'Node.js is too old',
    labs: allLabs(labs),
    // What distributions package is often older than that.
    advice: 'install Node.js 24: https://nodejs.org/en/download',
  };
}
