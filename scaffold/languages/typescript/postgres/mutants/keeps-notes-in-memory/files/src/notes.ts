import { randomUUID } from 'node:crypto';

export interface Note {
  id: string;
  text: string;
}

const notes = new Map<string, Note>();

export async function createNote(text: string): Promise<Note> {
  const note = { id: randomUUID(), text };
  notes.set(note.id, note);
  return note;
}

/** Undefined where there is none. */
export async function findNote(id: string): Promise<Note | undefined> {
  return notes.get(id);
}
