/** What a client may say about a note. */
export interface NoteInput {
  title: string
  body: string
}

export interface Note extends NoteInput {
  id: string
  createdAt: Date
  updatedAt: Date
}
