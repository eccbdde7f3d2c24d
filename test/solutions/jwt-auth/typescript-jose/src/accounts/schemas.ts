const name = { type: 'string', format: 'storable', minLength: 1, maxLength: 100 }

export const registration = {
  type: 'object',
  required: ['email', 'password', 'name'],
  properties: {
    email: { type: 'string', format: 'storable', maxLength: 254, pattern: '^[^\\s@]+@[^\\s@.]+\\.[^\\s@]+$' },
    password: { type: 'string', format: 'storable', minLength: 8, maxLength: 128 },
    name,
  },
}

export const accountPatch = { type: 'object', properties: { name } }
