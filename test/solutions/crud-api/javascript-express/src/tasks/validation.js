import { Problem } from '../http/problems.js'

/**
 * @typedef {object} TaskInput
 * @property {string | null} reference
 * @property {string} title
 * @property {string | null} description
 * @property {'todo' | 'doing' | 'done'} status
 * @property {number} priority
 * @property {string | null} dueOn
 * @property {string[]} tags
 */

/** @type {TaskInput} */
const DEFAULTS = { reference: null, title: '', description: null, status: 'todo', priority: 3, dueOn: null, tags: [] }

/** For each field, a generator of what is wrong with a value: [place inside it, words]. */
const RULES = new Map([
  ['reference', orNull(check((v) => isText(v) && /^[A-Z][A-Z0-9]{1,9}-[0-9]{1,6}$/.test(v), 'must look like OPS-7'))],
  ['title', check((v) => isText(v, 1, 200) && /\S/.test(v), 'must be 1 to 200 characters, not only white space')],
  ['description', orNull(check((v) => isText(v, 0, 100_000), 'must be text of at most 100,000 characters'))],
  ['status', check((v) => ['todo', 'doing', 'done'].includes(v), 'must be todo, doing or done')],
  ['priority', check((v) => Number.isInteger(v) && v >= 1 && v <= 5, 'must be an integer from 1 to 5')],
  ['dueOn', orNull(check(isDay, 'must be a day of the calendar, as YYYY-MM-DD'))],
  ['tags', tagFaults],
])

export function parseNew(body) {
  assertSound(newFaults(body))
  return { ...DEFAULTS, ...body }
}

export function parsePatch(body) {
  assertSound(fieldFaults(body))
  return body
}

export function parseBatch(body) {
  assertSound(batchFaults(body))
  return body.tasks.map((task) => ({ ...DEFAULTS, ...task }))
}

/** Postgres has no U+0000, and UTF-8 no unpaired surrogates. */
export function isText(value, least = 0, most = Infinity) {
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed()) return false
  // No text has more code points than UTF-16 units, and none has fewer than half.
  if (value.length > 2 * most) return false
  const length = [...value].length
  return length >= least && length <= most
}

function* batchFaults(body) {
  if (!isObject(body)) return yield ['', 'must be an object']
  for (const name of Object.keys(body)) if (name !== 'tasks') yield [`/${escape(name)}`, 'is not a field of a batch']
  if (!Array.isArray(body.tasks) || body.tasks.length < 1 || body.tasks.length > 100) {
    return yield ['/tasks', 'must be a list of 1 to 100 tasks']
  }
  for (const [index, task] of body.tasks.entries()) yield* newFaults(task, `/tasks/${index}`)
}

function* newFaults(task, base = '') {
  if (isObject(task) && !Object.hasOwn(task, 'title')) yield [`${base}/title`, 'is missing']
  yield* fieldFaults(task, base)
}

function* fieldFaults(task, base = '') {
  if (!isObject(task)) return yield [base, 'must be an object']
  for (const [name, value] of Object.entries(task)) {
    const pointer = `${base}/${escape(name)}`
    const rule = RULES.get(name)
    if (rule === undefined) yield [pointer, 'is not a field that a client may set']
    else for (const [place, words] of rule(value)) yield [pointer + place, words]
  }
}

function* tagFaults(value) {
  if (!Array.isArray(value) || value.length > 20) return yield ['', 'must be a list of at most 20 tags']
  for (const [index, tag] of value.entries()) {
    if (!isText(tag, 1, 40)) yield [`/${index}`, 'must be text of 1 to 40 characters']
    else if (value.indexOf(tag) < index) yield [`/${index}`, 'is in the list already']
  }
}

const MAX_REPORTED = 50

function assertSound(faults) {
  const errors = []
  for (const [pointer, detail] of faults) {
    errors.push({ pointer, detail })
    if (errors.length === MAX_REPORTED) break
  }
  if (errors.length > 0) throw new Problem(422, 'The body breaks a rule.', { errors })
}

function check(isRight, words) {
  return function* (value) {
    if (!isRight(value)) yield ['', words]
  }
}

function orNull(rule) {
  return (value) => (value === null ? [] : rule(value))
}

function isDay(value) {
  if (typeof value !== 'string' || !/^(?!0000)\d{4}-\d\d-\d\d$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  // Date takes the 30th of February for the 1st or 2nd of March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)

const escape = (token) => token.replaceAll('~', '~0').replaceAll('/', '~1')
