import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';

export interface Note {
  id: string;
  text: string;
}

const redis = new Redis(process.env.REDIS_URL ?? '');
redis.on('error', (error) => console.error(error.message));

export async function createNote(text: string): Promise<Note> {
  const id = randomUUID();
  await redis.set(`note:${id}`, text);
  return { id, text };
}

/** Undefined where there is none. */
export async function findNote(id: string): Promise<Note | undefined> {
  const text = await redis.get(`note:${id}`);
  return text === null ? undefined : { id, text };
}
