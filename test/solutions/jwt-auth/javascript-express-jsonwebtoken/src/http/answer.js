let draining = false

/** From now on each answer is the last one on its connection. */
export function startDraining() {
  draining = true
}

/**
 * Express' own `res.json` would answer 304 to what it takes for a conditional request, and add an ETag.
 *
 * @param {import('express').Response} res
 * @param {number} status
 * @param {unknown} [body] nothing: an answer without a body
 * @param {Record<string, string>} [headers]
 */
export function answer(res, status, body, headers = {}) {
  if (draining) res.setHeader('Connection', 'close')
  if (body === undefined) return res.writeHead(status, headers).end()

  const bytes = Buffer.from(JSON.stringify(body))
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers }).end(bytes)
}
