import { z } from 'zod'
import { Problem } from './problems.js'

const integer = (least, most) => z.int().min(least).max(most)
const milliseconds = integer(0, 10_000)
// JSON counts characters, JavaScript units of UTF-16.
const text = z.string().refine((value) => value.length <= 150_000 || [...value].length <= 150_000, 'is too long')

const common = { priority: integer(1, 9).default(5), delayMs: integer(0, 3_600_000).default(0) }
const job = (type, payload) => z.strictObject({ type: z.literal(type), payload: z.strictObject(payload), ...common })

const input = z.discriminatedUnion('type', [
  job('sleep', { ms: milliseconds, steps: integer(1, 20).default(1) }),
  job('sum', { numbers: z.array(integer(-1_000_000, 1_000_000)).min(1).max(1_000) }),
  job('digest', { text }),
  job('flaky', { failures: integer(0, 1_000), ms: milliseconds.default(0) }),
])

/** The payload stays as it was sent. */
export function readInput(body) {
  const { success, data, error } = input.safeParse(body)
  if (success) return { ...data, payload: body.payload }
  throw new Problem(422, 'The body breaks a rule.', {}, error.issues.map(toFieldError))
}

function toFieldError({ path, message, keys = [] }) {
  const pointer = [...path, ...keys.slice(0, 1)].map((name) => `/${escaped(String(name))}`).join('')
  return { pointer, detail: message }
}

const escaped = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1')
