import { randomUUID } from 'node:crypto';

const notes = new Map();

export async function createNote(text) {
  const note = { id: randomUUID(), text };
  notes.set(note.id, note);
  return note;
}

/** Undefined where there is none. */
export async function findNote(id) {
  return notes.get(id);
}
