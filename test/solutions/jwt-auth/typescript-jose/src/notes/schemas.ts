const title = { type: 'string', format: 'storable', minLength: 1, maxLength: 200 }
const body = { type: 'string', format: 'storable', maxLength: 10_000 }

export const noteInput = {
  type: 'object',
  required: ['title'],
  properties: { title, body: { ...body, default: '' } },
}

export const notePatch = { type: 'object', properties: { title, body } }
