/**
 * The environment in which a program's wall clock is off, whatever its language, through
 * libfaketime. Timers, timeouts and file times stay true; `clockMemory` belongs to it on Linux.
 *
 * @param library absolute path of libfaketime, as the program sees it
 * @param offsetMs how far the clock is ahead, in milliseconds; negative: behind
 */
export function fakeClock(
  library: string,
  offsetMs: number,
  platform: NodeJS.Platform,
): Record<string, string> {
  return {
    ...preload(library, platform),
    FAKETIME: inSeconds(offsetMs),
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // Read once, before the program has a locale that wants a comma in it.
    FAKETIME_CACHE_DURATION: '2000000000',
    // Only some of the calls would be faked (statx is not), and under a lock that outlives a kill.
    NO_FAKE_STAT: '1',
    FAKE_UTIME: '0',
  };
}

function preload(library: string, platform: NodeJS.Platform): Record<string, string> {
  return platform === 'darwin'
    ? { DYLD_INSERT_LIBRARIES: library, FAKETIME_DISABLE_SHM: '1' }
    : { LD_PRELOAD: library };
}

/** `+30.000`, `-0.250`: an offset only if it has a sign. */
function inSeconds(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}`;
}
