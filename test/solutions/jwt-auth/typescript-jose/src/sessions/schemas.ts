const text = { type: 'string', format: 'storable' }

export const credentials = {
  type: 'object',
  required: ['email', 'password'],
  properties: { email: text, password: text },
}

export const refreshRequest = {
  type: 'object',
  required: ['refresh_token'],
  properties: { refresh_token: text },
}
