import { randomUUID } from 'node:crypto'
import KeyvRedis from '@keyv/redis'
import { getOrSet } from 'cacheable'
import { Keyv } from 'keyv'
import { patience, redis } from './redis.js'
import { jitter, negativeTtl, ttl } from './settings.js'

/**
 * Generations. All answers about a subject have its generation, a random word, in their keys. A write drops the
 * generation; the next reader makes another one, and nobody asks for the old keys again. What a slow reader stores
 * after that goes under an old key, and who comes after the write does not find, nor wait for, an old reading: the
 * library shares readings by key.
 */
const GENERATION_LIFE = 2 * ttl

const keyv = new Keyv({
  store: new KeyvRedis(redis, { throwOnErrors: true, throwOnConnectError: true }),
  namespace: 'catalogue',
  // The store puts it before the keys already.
  useKeyPrefix: false,
  throwOnErrors: true,
})
// The errors are thrown as well.
keyv.on('error', () => {})

/**
 * @template T
 * @param {{ key: string, subject: string }} slot
 * @param {() => Promise<T | null>} load null: there is no such thing
 * @returns {Promise<{ value: T | null, source: 'HIT' | 'MISS' | 'BYPASS', life: number, age: number }>}
 */
export async function cached({ key, subject }, load) {
  const within = patience()
  let generation
  try {
    generation = await generationOf(subject, within)
  } catch {
    return { value: await load(), source: 'BYPASS', life: 0, age: 0 }
  }
  let source = 'HIT'
  const entry = await getOrSet(
    `${key}:${generation}`,
    async () => {
      source = 'MISS'
      const readAt = Date.now()
      const value = await load()
      return { value, readAt, life: lifeOf(value) }
    },
    { cache: storeFor(subject, within), throwErrors: 'function' },
  )
  const age = Math.min(entry.life, Math.max(0, Date.now() - entry.readAt))
  return { value: entry.value, source, life: entry.life, age }
}

/** After the commit of a write to these subjects, and before its answer. */
export async function forget(...subjects) {
  try {
    await patience()(redis.del(subjects.map(generationKey)))
  } catch (error) {
    console.error(`redis was not told of a write: ${error.message}`)
  }
}

/** What the library looks into and stores to. */
function storeFor(subject, within) {
  return {
    async get(key) {
      const entry = await within(cleanly(`catalogue::${key}`, () => keyv.get(key)))
      return isEntry(entry) ? entry : undefined
    },
    async set(key, entry) {
      const left = Math.floor(entry.life - (Date.now() - entry.readAt))
      if (left <= 0) return
      // The generation has to outlive the entry.
      await within(Promise.all([keyv.set(key, entry, left), redis.pExpire(generationKey(subject), GENERATION_LIFE)]))
    },
    emit() {},
  }
}

async function generationOf(subject, within) {
  const key = generationKey(subject)
  const proposal = randomUUID()
  const options = { condition: 'NX', GET: true, expiration: { type: 'PX', value: GENERATION_LIFE } }
  const found = await within(cleanly(key, () => redis.set(key, proposal, options)))
  return found ?? proposal
}

/** Runs a read; what stands under the key and is no text of ours is removed, and counts as nothing. */
async function cleanly(key, read) {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof SyntaxError) && !/WRONGTYPE/.test(error.message)) throw error
    await redis.del(key)
    return read()
  }
}

function isEntry(entry) {
  return typeof entry?.life === 'number' && typeof entry.readAt === 'number' && typeof entry.value === 'object'
}

function lifeOf(value) {
  const life = ttl * (1 - jitter * Math.random())
  return Math.round(value === null ? Math.min(life, negativeTtl) : life)
}

const generationKey = (subject) => `catalogue::generation:${subject}`
