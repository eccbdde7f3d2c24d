import { jsonParam, sql } from '../database.js'

const storedTags = sql`ARRAY(SELECT tag FROM task_tags WHERE task_id = tasks.id ORDER BY position)`

/** The columns of `tasks`, as the API shows them. A statement does not see the tags that it stores: give them. */
export function asJson(tags = storedTags) {
  return sql`json_build_object(
    'id', tasks.id, 'reference', reference, 'title', title, 'description', description, 'status', status,
    'priority', priority, 'dueOn', to_char(due_on, 'YYYY-MM-DD'), 'tags', ${tags},
    'createdAt', ${timestamp(sql`created_at`)}, 'updatedAt', ${timestamp(sql`updated_at`)})`
}

export const etag = sql`'"v' || version || '"'`

/**
 * Stores all of the tasks, or none.
 *
 * @param {import('./validation.js').TaskInput[]} inputs
 * @param {object} [also] one more part of the statement, which sees what is `created`
 * @param {object} [condition] nothing is stored unless this holds
 */
export function insertion(inputs, also = sql``, condition = sql`true`) {
  return sql`
    WITH input AS MATERIALIZED (
      SELECT gen_random_uuid() AS id, task, place
      FROM json_array_elements(${jsonParam(inputs)}) WITH ORDINALITY AS element (task, place)
      WHERE ${condition}
    ), tasks AS (
      INSERT INTO tasks (id, reference, title, description, status, priority, due_on)
      SELECT id, task ->> 'reference', task ->> 'title', task ->> 'description', task ->> 'status',
             (task ->> 'priority')::smallint, (task ->> 'dueOn')::date
      FROM input
      -- Batches that share references take them in one order, so that they cannot deadlock.
      ORDER BY task ->> 'reference'
      RETURNING *
    ), tagged AS (
      INSERT INTO task_tags (task_id, position, tag)
      SELECT id, position, tag
      FROM input, json_array_elements_text(task -> 'tags') WITH ORDINALITY AS element (tag, position)
    ), created AS (
      SELECT ${asJson(sql`task -> 'tags'`)} AS task, ${etag} AS etag, place
      FROM tasks JOIN input USING (id)
    ) ${also}
    SELECT task, etag FROM created ORDER BY place`
}

/** Puts tags at the positions from 1 on, and removes those at any other. */
export function tagReplacement(tags, count) {
  return sql`, tagged AS (
    INSERT INTO task_tags (task_id, position, tag)
    SELECT id, position, tag FROM tasks, json_array_elements_text(${tags}) WITH ORDINALITY AS element (tag, position)
    ON CONFLICT (task_id, position) DO UPDATE SET tag = excluded.tag
  ), untagged AS (
    DELETE FROM task_tags USING tasks WHERE task_id = tasks.id AND position NOT BETWEEN 1 AND ${count}
  )`
}

const COLUMNS = {
  reference: 'reference',
  title: 'title',
  description: 'description',
  status: 'status',
  priority: 'priority',
  dueOn: 'due_on',
}

export function assignments(fields) {
  const columns = Object.entries(COLUMNS).filter(([field]) => fields[field] !== undefined)
  // The driver takes an empty list for a parameter.
  return columns.length === 0 ? sql`` : columns.map(([field, column]) => sql`, ${sql(column)} = ${fields[field]}`)
}

function timestamp(column) {
  return sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
