import { badRequest, Problem } from '../http/problems.js';
import { insert } from './store.js';

const first = new Map();

export function parseKey(header) {
  if (header === undefined || /^[!-~]{1,255}$/.test(header)) return header;
  throw badRequest('An Idempotency-Key is 1 to 255 visible ASCII characters.');
}

export async function createOnce(key, input) {
  const payload = JSON.stringify(input);
  const earlier = first.get(key);
  if (earlier === undefined) {
    const [created] = await insert([input]);
    first.set(key, { payload, created });
    return { created, replayed: false };
  }
  if (earlier.payload !== payload)
    throw new Problem(422, 'This Idempotency-Key was used with another payload.');
  return { created: earlier.created, replayed: true };
}
