const text = { type: 'string', format: 'storable' }

const properties = {
  reference: { type: 'string', nullable: true, pattern: '^[A-Z][A-Z0-9]{1,9}-[0-9]{1,6}$' },
  title: { ...text, minLength: 1, maxLength: 200, pattern: '\\S' },
  description: { ...text, nullable: true, maxLength: 100_000 },
  status: { type: 'string', enum: ['todo', 'doing', 'done'] },
  priority: { type: 'integer', minimum: 1, maximum: 5 },
  // Postgres and ISO 8601 disagree on the year 0.
  dueOn: { type: 'string', nullable: true, format: 'date', pattern: '^(?!0000)' },
  tags: { type: 'array', maxItems: 20, uniqueItems: true, items: { ...text, minLength: 1, maxLength: 40 } },
}

export const taskInput = {
  type: 'object',
  required: ['title'],
  additionalProperties: false,
  properties: {
    ...properties,
    reference: { ...properties.reference, default: null },
    description: { ...properties.description, default: null },
    status: { ...properties.status, default: 'todo' },
    priority: { ...properties.priority, default: 3 },
    dueOn: { ...properties.dueOn, default: null },
    tags: { ...properties.tags, default: [] },
  },
}

export const taskPatch = { type: 'object', additionalProperties: false, properties }

export const taskBatch = {
  type: 'object',
  required: ['tasks'],
  additionalProperties: false,
  properties: { tasks: { type: 'array', minItems: 1, maxItems: 100, items: taskInput } },
}

/** Postgres has no U+0000, and UTF-8 no unpaired surrogates. */
export const isStorable = (value: string) => value.isWellFormed() && !value.includes('\0')
