import { answer } from '../http/answer.js'
import { badRequest } from '../http/problems.js'
import { createOnce, parseKey } from './idempotency.js'
import { page } from './page.js'
import { condition, isFresh } from './preconditions.js'
import * as store from './store.js'
import { parseBatch, parseNew, parsePatch } from './validation.js'

export async function list(req, res) {
  answer(res, 200, await page(req.query))
}

export async function create(req, res) {
  const key = parseKey(req.headers['idempotency-key'])
  const input = parseNew(req.body)
  if (key === undefined) {
    const [created] = await store.insert([input])
    answerCreated(res, created)
  } else {
    const { created, replayed } = await createOnce(key, input)
    answerCreated(res, created, replayed ? { 'Idempotency-Replayed': 'true' } : {})
  }
}

export async function createBatch(req, res) {
  const created = await store.insert(parseBatch(req.body))
  answer(res, 201, { items: created.map(({ task }) => task) })
}

export async function read(req, res) {
  const { task, etag } = await store.find(idOf(req))
  if (isFresh(req.headers['if-none-match'], etag)) answer(res, 304, undefined, { ETag: etag })
  else answer(res, 200, task, { ETag: etag })
}

export async function replace(req, res) {
  await write(req, res, parseNew(req.body))
}

export async function patch(req, res) {
  await write(req, res, parsePatch(req.body))
}

export async function remove(req, res) {
  await store.remove(idOf(req), condition(req.headers['if-match']))
  answer(res, 204)
}

async function write(req, res, fields) {
  const { task, etag } = await store.update(idOf(req), condition(req.headers['if-match']), fields)
  answer(res, 200, task, { ETag: etag })
}

function answerCreated(res, { task, etag }, headers = {}) {
  answer(res, 201, task, { Location: `/tasks/${task.id}`, ETag: etag, ...headers })
}

function idOf(req) {
  const { id } = req.params
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw badRequest('The id is not a UUID.')
  return id
}
