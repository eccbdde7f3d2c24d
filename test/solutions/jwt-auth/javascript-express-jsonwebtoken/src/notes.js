import { answer } from './http/answer.js'
import { invalidToken, notFound } from './http/problems.js'
import { check, isUuid, text } from './validation.js'

const COLUMNS = 'id, title, body, created_at AS "createdAt", updated_at AS "updatedAt"'

const rules = { title: text(1, 200), body: text(0, 10_000) }

/** Every statement names the owner. */
export function createNotes(database) {
  return {
    async list(req, res) {
      const items = await database.query(
        `SELECT ${COLUMNS} FROM notes WHERE owner_id = $1 ORDER BY created_at DESC, id`,
        [req.user.id],
      )
      answer(res, 200, { items })
    },

    async create(req, res) {
      const { title, body = '' } = check(req.body, rules, ['title'])
      const note = await database.one(
        `INSERT INTO notes (owner_id, title, body)
         SELECT id, $2, $3 FROM users WHERE id = $1 FOR KEY SHARE
         RETURNING ${COLUMNS}`,
        [req.user.id, title, body],
      )
      // The account was there a moment ago.
      if (note === undefined) throw invalidToken()
      answer(res, 201, note, { Location: `/notes/${note.id}` })
    },

    async show(req, res) {
      answerNote(res, await own(req, `SELECT ${COLUMNS} FROM notes WHERE id = $1 AND owner_id = $2`))
    },

    async replace(req, res) {
      const { title, body = '' } = check(req.body, rules, ['title'])
      answerNote(res, await write(req, title, body))
    },

    async update(req, res) {
      const { title, body } = check(req.body, rules)
      answerNote(res, await write(req, title, body))
    },

    async remove(req, res) {
      const note = await own(req, 'DELETE FROM notes WHERE id = $1 AND owner_id = $2 RETURNING id')
      if (note === undefined) throw noSuchNote()
      answer(res, 204)
    },
  }

  /** What is undefined stays. */
  function write(req, title, body) {
    return own(
      req,
      `UPDATE notes SET title = coalesce($3, title), body = coalesce($4, body), updated_at = now()
       WHERE id = $1 AND owner_id = $2 RETURNING ${COLUMNS}`,
      title,
      body,
    )
  }

  /** Runs a statement on the note of the path, whose first parameters are its id and who asks. */
  async function own(req, statement, ...values) {
    const { id } = req.params
    return isUuid(id) ? database.one(statement, [id, req.user.id, ...values]) : undefined
  }
}

function answerNote(res, note) {
  if (note === undefined) throw noSuchNote()
  answer(res, 200, note)
}

const noSuchNote = () => notFound('There is no note with this id.')
