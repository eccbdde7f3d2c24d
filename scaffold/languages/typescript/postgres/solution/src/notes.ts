import pg from 'pg';

export interface Note {
  id: string;
  text: string;
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
// A connection that breaks while nobody uses it is no reason to end.
pool.on('error', (error) => console.error(error.message));

export async function createNote(text: string): Promise<Note> {
  const { rows } = await pool.query<Note>(
    'INSERT INTO notes (text) VALUES ($1) RETURNING id, text',
    [text],
  );
  return rows[0]!;
}

/** Undefined where there is none; an id that is no UUID is the id of none. */
export async function findNote(id: string): Promise<Note | undefined> {
  const { rows } = await pool.query<Note>('SELECT id, text FROM notes WHERE id::text = $1', [id]);
  return rows[0];
}
