import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import { installation } from '../packages.ts';

type Asked = Pick<Machine, 'faketime' | 'packageManager'>;

/** libfaketime, by which a grader gives an instance of the app a wrong clock. */
export async function checkClock(machine: Asked): Promise<Finding> {
  const about = { id: 'clock', title: 'Clock', labs: [] };
  const library = await machine.faketime();
  if (library !== undefined)
    return { ...about, state: 'ok', found: `libfaketime, ${library}`, meaning: '' };
  const fix = installation(machine.packageManager, 'faketime', 'install libfaketime');
  return {
    ...about,
    state: 'warning',
    found: 'there is no libfaketime',
    meaning:
      'Checks of an app whose clock is wrong cannot be tried without it; the grade of a lab ' +
      'that has one is then incomplete. Most have none.',
    ...(fix === undefined
      ? { advice: 'install libfaketime, or name its file in LABS_FAKETIME' }
      : { fix }),
  };
}
