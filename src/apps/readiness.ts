import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { errorCode } from '../core/errors.ts';

export type Readiness = 'ready' | Unready;
export type Unready = { status: number } | { error: string };

/**
 * Asks until it answers 200 or `until` settles. Resolves to the last answer otherwise.
 * @param url for example `http://127.0.0.1:20001/healthz`
 * @param before the last answer so far, where it has been asked before
 */
export async function waitUntilReady(
  url: string,
  until: AbortSignal,
  before: Unready = { error: 'ECONNREFUSED' },
): Promise<Readiness> {
  let last = before;
  let pause = 10;
  while (!until.aborted) {
    const answer = await ask(url, until);
    if (answer === 'ready') return answer;
    // That `until` broke a request off says nothing of the app; what it answered before does.
    if (!until.aborted || 'status' in answer || 'error' in last) last = answer;
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
