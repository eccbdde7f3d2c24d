import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticate } from '../authentication/authenticate.js'
import { invalidToken } from '../authentication/bearer.js'
import type { Database } from '../database.js'
import { allowOnly } from '../methods.js'
import { notFound } from '../problems.js'
import { ignoreBodies, isUuid, takes } from '../validation.js'
import type { NoteInput } from './note.js'
import { noteInput, notePatch } from './schemas.js'
import { deleteNote, findNote, insertNote, listNotes, replaceNote, updateNote } from './store.js'

interface WithId {
  Params: { id: string }
}

interface Options {
  database: Database
  authenticate: Authenticate
}

export async function noteRoutes(app: FastifyInstance, { database, authenticate }: Options) {
  allowOnly(app, '/notes', ['GET', 'HEAD', 'POST'])
  allowOnly(app, '/notes/:id', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])

  app.register(async (scope) => {
    scope.addHook('onRequest', authenticate)

    scope.get('/notes', async ({ account }) => ({
      items: await database.run((connection) => listNotes(connection, account.id)),
    }))

    scope.post<{ Body: NoteInput }>('/notes', takes(noteInput), async ({ account, body }, reply) => {
      const note = await database.run((connection) => insertNote(connection, account.id, body))
      // The account was there a moment ago.
      if (note === undefined) throw invalidToken()
      reply.code(201).header('location', `/notes/${note.id}`)
      return note
    })

    scope.get<WithId>('/notes/:id', async (request) => {
      const id = idOf(request)
      return existing(await database.run((connection) => findNote(connection, request.account.id, id)))
    })

    scope.put<WithId & { Body: NoteInput }>('/notes/:id', takes(noteInput), async (request) => {
      const { account, body } = request
      const id = idOf(request)
      return existing(await database.run((connection) => replaceNote(connection, account.id, id, body)))
    })

    scope.patch<WithId & { Body: Partial<NoteInput> }>('/notes/:id', takes(notePatch), async (request) => {
      const { account, body } = request
      const id = idOf(request)
      return existing(await database.run((connection) => updateNote(connection, account.id, id, body)))
    })

    scope.register(async (bodiless) => {
      ignoreBodies(bodiless)

      bodiless.delete<WithId>('/notes/:id', async (request, reply) => {
        const id = idOf(request)
        const deleted = await database.run((connection) => deleteNote(connection, request.account.id, id))
        if (!deleted) throw noSuchNote()
        return reply.code(204).send()
      })
    })
  })
}

function idOf({ params }: FastifyRequest<WithId>): string {
  if (!isUuid(params.id)) throw noSuchNote()
  return params.id
}

function existing<T>(note: T | undefined): T {
  if (note === undefined) throw noSuchNote()
  return note
}

/** Nothing more: whether it is somebody else's is nobody's business. */
const noSuchNote = () => notFound('There is no note with this id.')
