/**
 * What an app may do on a server that is its world's alone: with its data whatever it likes, to the
 * server and through it nothing. CONFIG SET and SAVE write files as whoever runs it, MIGRATE and
 * REPLICAOF connect to wherever one says, RESTORE feeds it bytes that it was not made for.
 *
 * @param version `Redis 7.0.15`: what a server does not know it refuses to start with
 */
export function appRules(version: string): string[] {
  return [...ALL, '-@admin', ...mayInquire(version), '-migrate', '-restore'];
}

/** The grader's, on the same. */
export function graderRules(): string[] {
  return ALL;
}

/**
 * On a server that is somebody's: no other database than this one, nothing that acts on all of them.
 * A connection begins in database 0 all the same, so what destroys at a stroke is left out.
 */
export function guestRules(version: string, database: number): string[] {
  return [
    ...ALL,
    ...['-@admin', '-@dangerous', '+info', '+keys', '+sort', '+role'],
    // Not CONFIG GET: it tells passwords.
    ...(isAtLeast(version, 7) ? [] : ['+client|setname', '+client|getname', '+client|id']),
    ...['-select', `+select|${database}`, '-move', '-swapdb'],
    ...['-copy', '-script', '+script|load', '+script|exists'],
    ...(isAtLeast(version, 7) ? ['-function'] : []),
  ];
}

/** As a guest; the client that labs uses always chooses its database first. */
export function guestGraderRules(version: string, database: number): string[] {
  return [...guestRules(version, database), '+flushdb'];
}

/** Older ones hide the environment that they were started with, by which a run's processes are found. */
export const OLDEST = 'Redis 6.2';

export function isTooOld(version: string): boolean {
  return !isAtLeast(version, 6, 2);
}

function isAtLeast(version: string, major: number, minor = 0): boolean {
  const [, ours = '0', theirs = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(ours) > major || (Number(ours) === major && Number(theirs) >= minor);
}

const ALL = ['~*', '&*', '+@all'];

/** Before 7 a command was forbidden with all that follows it, CLIENT SETNAME too. */
function mayInquire(version: string): string[] {
  return isAtLeast(version, 7)
    ? ['+client|list', '+client|unblock', '+config|get']
    : ['+client', '+config|get'];
}
