import type { Connection } from '../database.js'
import type { Note, NoteInput } from './note.js'

/** Undefined where there is no such account any more. */
export async function insertNote(connection: Connection, ownerId: string, input: NoteInput): Promise<Note | undefined> {
  const [note] = await connection.query<Note>(
    `INSERT INTO notes (owner_id, title, body)
     SELECT id, $2, $3 FROM users WHERE id = $1 FOR KEY SHARE
     RETURNING ${NOTE_COLUMNS}`,
    [ownerId, input.title, input.body],
  )
  return note
}

export async function listNotes(connection: Connection, ownerId: string): Promise<Note[]> {
  return connection.query<Note>(
    `SELECT ${NOTE_COLUMNS} FROM notes WHERE owner_id = $1 ORDER BY created_at DESC, id`,
    [ownerId],
  )
}

export async function findNote(connection: Connection, ownerId: string, id: string): Promise<Note | undefined> {
  const [note] = await connection.query<Note>(
    `SELECT ${NOTE_COLUMNS} FROM notes WHERE id = $1 AND owner_id = $2`,
    [id, ownerId],
  )
  return note
}

export async function replaceNote(
  connection: Connection,
  ownerId: string,
  id: string,
  input: NoteInput,
): Promise<Note | undefined> {
  const [note] = await connection.query<Note>(
    `UPDATE notes SET title = $3, body = $4, updated_at = now()
     WHERE id = $1 AND owner_id = $2 RETURNING ${NOTE_COLUMNS}`,
    [id, ownerId, input.title, input.body],
  )
  return note
}

/** What is undefined stays. */
export async function updateNote(
  connection: Connection,
  ownerId: string,
  id: string,
  patch: Partial<NoteInput>,
): Promise<Note | undefined> {
  const [note] = await connection.query<Note>(
    `UPDATE notes SET title = coalesce($3, title), body = coalesce($4, body), updated_at = now()
     WHERE id = $1 AND owner_id = $2 RETURNING ${NOTE_COLUMNS}`,
    [id, ownerId, patch.title, patch.body],
  )
  return note
}

/** Whether there was one. */
export async function deleteNote(connection: Connection, ownerId: string, id: string): Promise<boolean> {
  const deleted = await connection.query('DELETE FROM notes WHERE id = $1 AND owner_id = $2 RETURNING id', [id, ownerId])
  return deleted.length === 1
}

const NOTE_COLUMNS = 'id, title, body, created_at AS "createdAt", updated_at AS "updatedAt"'
