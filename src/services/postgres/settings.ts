/** Nine worlds of three processes, each with a pool of ten, and in `labs verify` two such grades at once. */
export const APP_CONNECTIONS = 600;
/** Of the grader, in each of these worlds; an app that takes all of its own must not shut it out. */
const GRADER_CONNECTIONS = 200;

/**
 * Of servers that we start: nothing is kept across a crash, and nothing runs by itself that could
 * make one run unlike the next.
 */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: String(APP_CONNECTIONS + GRADER_CONNECTIONS),
  autovacuum: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Segments in /dev/shm outlive a server that is killed; files among its data go with them.
  dynamic_shared_memory_type: 'mmap',
};
