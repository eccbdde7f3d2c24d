import { inTime, jsonParam, sql, violatedConstraint } from '../database.js'
import { notFound, Problem } from '../http/problems.js'
import { asJson, assignments, etag, insertion, tagReplacement } from './statements.js'

/** @typedef {import('./validation.js').TaskInput} TaskInput */
/** @typedef {{ task: object, etag: string }} TaggedTask */

/**
 * @param {TaskInput[]} inputs
 * @returns {Promise<TaggedTask[]>}
 */
export function insert(inputs) {
  return inTime((run) => run(() => insertion(inputs))).catch(refuseTaken)
}

/** @returns {Promise<TaggedTask>} */
export function find(id) {
  return inTime(async (run) => {
    const [found] = await run(() => sql`SELECT ${asJson()} AS task, ${etag} AS etag FROM tasks WHERE id = ${id}`)
    return found ?? refuseMissing()
  })
}

/**
 * @param {string} id
 * @param {(etag: string) => boolean} isWanted
 * @param {Partial<TaskInput>} fields what is to change
 * @returns {Promise<TaggedTask>}
 */
export function update(id, isWanted, fields) {
  const tags = fields.tags && jsonParam(fields.tags)
  return changeVersion(id, isWanted, (version) => sql`
    WITH tasks AS (
      UPDATE tasks
      -- clock_timestamp(): now() is when the statement began to wait for its turn.
      SET version = version + 1, updated_at = greatest(updated_at, clock_timestamp()) ${assignments(fields)}
      WHERE id = ${id} AND version = ${version}
      RETURNING *
    ) ${tags ? tagReplacement(tags, fields.tags.length) : sql``}
    SELECT ${asJson(tags)} AS task, ${etag} AS etag FROM tasks`)
}

export async function remove(id, isWanted) {
  await changeVersion(id, isWanted, (version) => sql`
    DELETE FROM tasks WHERE id = ${id} AND version = ${version} RETURNING id`)
}

export function refuseTaken(error) {
  throw violatedConstraint(error) === 'tasks_reference_key' ? new Problem(409, 'The reference is taken.') : error
}

/** Changes the version of the task that it saw and no other, as often as it takes. */
function changeVersion(id, isWanted, change) {
  return inTime(async (run) => {
    for (;;) {
      const [seen] = await run(() => sql`SELECT version, ${etag} AS etag FROM tasks WHERE id = ${id}`)
      if (seen === undefined) refuseMissing()
      if (!isWanted(seen.etag)) throw new Problem(412, 'The task has changed since you read it.')

      const [changed] = await run(() => change(seen.version))
      if (changed !== undefined) return changed
    }
  }).catch(refuseTaken)
}

function refuseMissing() {
  throw notFound('There is no task with this id.')
}
