import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import { checkClock } from './checks/clock.ts';
import { checkEngine } from './checks/engine.ts';
import { checkNode } from './checks/node.ts';
import { checkPorts } from './checks/ports.ts';
import { checkPostgres } from './checks/postgres.ts';
import { checkRedis } from './checks/redis.ts';
import { checkDisk, checkRuns } from './checks/space.ts';
import type { Finding, LabNeeds } from './finding.ts';
import type { Machine } from './machine.ts';

type Check = (machine: Machine, labs: readonly LabNeeds[]) => Promise<Finding>;

const CHECKS: readonly [title: string, check: Check][] = [
  ['Node.js', checkNode],
  ['Docker', checkEngine],
  ['Postgres', checkPostgres],
  ['Redis', checkRedis],
  ['Clock', checkClock],
  ['Disk', checkDisk],
  ['Memory', checkRuns],
  ['Ports', checkPorts],
];

/** All of them together: whoever asks is waiting, and a hung mount can hold any of them for ever. */
const DEADLINE_MS = 1_900;

/** Every check, side by side, in the order in which they are shown. */
export async function examine(
  machine: Machine,
  labs: readonly LabNeeds[],
  deadlineMs = DEADLINE_MS,
): Promise<Finding[]> {
  const stop = new AbortController();
  const late = sleep(deadlineMs, undefined, { signal: stop.signal });
  late.catch(() => {});
  try {
    return await Promise.all(
      CHECKS.map(([title, check]) =>
        Promise.race([check(machine, labs), late.then(() => undefined)]).then(
          (found) => found ?? unknown(title, `no answer within ${deadlineMs / 1000} s`),
          (error: unknown) => unknown(title, messageOf(error)),
        ),
      ),
    );
  } finally {
    stop.abort();
  }
}

function unknown(title: string, why: string): Finding {
  return {
    id: title.toLowerCase(),
    title,
    state: 'warning',
    found: `could not be looked at: ${why}`,
    meaning: 'Grading may work or not.',
    labs: [],
  };
}
