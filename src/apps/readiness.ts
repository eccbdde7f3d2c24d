import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { errorCode } from '../core/errors.ts';

export type Readiness = 'ready' | { status: number } | { error: string };

/**
 * Asks until it answers 200 or `until` settles. Resolves to the last answer otherwise.
 * @param url for example `http://127.0.0.1:20001/healthz`
 */
export async function waitUntilReady(url: string, until: AbortSignal): Promise<Readiness> {
  let last: Readiness = { error: 'ECONNREFUSED' };
  let pause = 10;
  while (!until.aborted) {
    last = await ask(url, until);
    if (last === 'ready') return last;
    await sleep(pause, undefined, { signal: until }).catch(() => {});
    pause = Math.min(pause * 1.5, 100);
  }
  return last;
}

async function ask(url: string, until: AbortSignal): Promise<Readiness> {
  try {
    const { statusCode, body } = await request(url, {
      reset: true,
      signal: AbortSignal.any([until, AbortSignal.timeout(2_000)]),
    });
    // Only the status counts; a body without end must not hold us.
    body.on('error', () => {}).destroy();
    return statusCode === 200 ? 'ready' : { status: statusCode };
  } catch (error) {
    return { error: errorCode(error) ?? 'no answer' };
  }
}
