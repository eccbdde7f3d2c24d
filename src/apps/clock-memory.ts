/** What the processes of one app share in libfaketime, made by us instead of by it. */
export interface ClockMemory {
  readonly env: Readonly<Record<string, string>>;
  /** To be written to /dev/shm before the program starts, and removed when all of it has ended. */
  readonly files: readonly { readonly name: string; readonly content: Buffer }[];
}

/** Any will do that no sane offset makes negative. */
const START_MS = 1e12;

/**
 * libfaketime makes a semaphore and a shared memory for each program, and a program that is killed
 * leaves them. Worse, up to 0.9.12 it takes monotonic deadlines for faked ones though it was told
 * not to fake them: `time.sleep` of Python fails, `Object.wait` of Java ends at once. Both are
 * mended by a memory of our own. It says that all began at a moment at which the monotonic clock
 * and the faked one showed the same, so that the one is taken for the other unharmed.
 *
 * @param name of no other memory; no slash in it
 * @see https://github.com/wolfcw/libfaketime/blob/v0.9.10/src/faketime_common.h (ft_shared_s)
 */
export function clockMemory(name: string, offsetMs: number): ClockMemory {
  const lock = `${name}.lock`;
  return {
    env: { FAKETIME_SHARED: `/${lock} /${name}` },
    files: [
      { name: `sem.${lock}`, content: semaphore() },
      { name, content: shared(offsetMs) },
    ],
  };
}

/** sem_t of 64-bit glibc, as sem_open(3) finds it: nobody holds it, and it is for all processes. */
function semaphore(): Buffer {
  const content = Buffer.alloc(32);
  content.writeUInt32LE(1, 0);
  content.writeUInt32LE(128, 8);
  return content;
}

/** Two counters, then when it all began: by CLOCK_REALTIME, _MONOTONIC, _MONOTONIC_RAW, _BOOTTIME. */
function shared(offsetMs: number): Buffer {
  const content = Buffer.alloc(80);
  const began = [START_MS - offsetMs, START_MS, START_MS, START_MS];
  for (const [index, ms] of began.entries()) {
    const seconds = Math.floor(ms / 1000);
    content.writeBigInt64LE(BigInt(seconds), 16 + 16 * index);
    content.writeBigInt64LE(BigInt((ms - seconds * 1000) * 1e6), 24 + 16 * index);
  }
  return content;
}
