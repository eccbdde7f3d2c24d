import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';

const redis = new Redis(process.env.REDIS_URL);
redis.on('error', (error) => console.error(error.message));

export async function createNote(text) {
  const id = randomUUID();
  await redis.set(`note:${id}`, text);
  return { id, text };
}

/** Undefined where there is none. */
export async function findNote(id) {
  const text = await redis.get(`note:${id}`);
  return text === null ? undefined : { id, text };
}
