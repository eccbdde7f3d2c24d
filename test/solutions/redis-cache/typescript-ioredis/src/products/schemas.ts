const text = (minLength: number, maxLength: number) => ({
  type: 'string',
  minLength,
  maxLength,
  pattern: '^[^\\u0000-\\u001f]*$',
})

const fields = {
  name: text(1, 100),
  category: text(1, 40),
  price: { type: 'integer', minimum: 0, maximum: 100_000_000 },
  description: text(0, 2_000),
}

export const SKU = /^[A-Z0-9-]{3,32}$/

export const productInput = {
  type: 'object',
  additionalProperties: false,
  required: ['sku', 'name', 'category', 'price'],
  properties: {
    sku: { type: 'string', pattern: SKU.source },
    ...fields,
    description: { ...fields.description, default: '' },
  },
}

export const productPatch = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: fields,
}

export const review = {
  type: 'object',
  additionalProperties: false,
  required: ['rating'],
  properties: { rating: { type: 'integer', minimum: 1, maximum: 5 } },
}
