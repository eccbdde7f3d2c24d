const milliseconds = { type: 'integer', minimum: 0, maximum: 10_000 }

const payloads = {
  sleep: object({ ms: milliseconds, steps: { type: 'integer', minimum: 1, maximum: 20 } }, ['ms']),
  sum: object(
    {
      numbers: {
        type: 'array',
        minItems: 1,
        maxItems: 1_000,
        items: { type: 'integer', minimum: -1_000_000, maximum: 1_000_000 },
      },
    },
    ['numbers'],
  ),
  digest: object({ text: { type: 'string', maxLength: 150_000 } }, ['text']),
  flaky: object({ failures: { type: 'integer', minimum: 0, maximum: 1_000 }, ms: milliseconds }, ['failures']),
}

export const jobInput = {
  ...object(
    {
      type: { enum: Object.keys(payloads) },
      payload: { type: 'object' },
      priority: { type: 'integer', minimum: 1, maximum: 9, default: 5 },
      delayMs: { type: 'integer', minimum: 0, maximum: 3_600_000, default: 0 },
    },
    ['type', 'payload'],
  ),
  allOf: Object.entries(payloads).map(([type, payload]) => ({
    if: { properties: { type: { const: type } }, required: ['type'] },
    then: { properties: { payload } },
  })),
}

function object(properties: object, required: string[]) {
  return { type: 'object', properties, required, additionalProperties: false }
}
