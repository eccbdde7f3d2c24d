import { Redis } from 'ioredis';
import pg from 'pg';

export interface Note {
  id: string;
  text: string;
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
// A connection that breaks while nobody uses it is no reason to end.
pool.on('error', (error) => console.error(error.message));
const redis = new Redis(process.env.REDIS_URL ?? '');
redis.on('error', (error) => console.error(error.message));

const LIFE_SECONDS = 60;

export async function createNote(text: string): Promise<Note> {
  const { rows } = await pool.query<Note>(
    'INSERT INTO notes (text) VALUES ($1) RETURNING id, text',
    [text],
  );
  return rows[0]!;
}

/** Undefined where there is none; an id that is no UUID is the id of none. */
export async function findNote(id: string): Promise<Note | undefined> {
  const cached = await redis.get(`note:${id}`);
  if (cached !== null) return JSON.parse(cached);
  const { rows } = await pool.query<Note>('SELECT id, text FROM notes WHERE id::text = $1', [id]);
  const [note] = rows;
  if (note !== undefined) await redis.set(`note:${id}`, JSON.stringify(note), 'EX', LIFE_SECONDS);
  return note;
}
