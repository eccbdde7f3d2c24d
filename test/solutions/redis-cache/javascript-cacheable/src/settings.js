const number = (name) => {
  const value = Number(process.env[name])
  if (process.env[name] === undefined || !(value >= 0)) throw new Error(`${name} must be a number`)
  return value
}

/** Times in milliseconds. */
export const ttl = number('CACHE_TTL_SECONDS') * 1_000
export const negativeTtl = number('CACHE_NEGATIVE_TTL_SECONDS') * 1_000
export const jitter = number('CACHE_JITTER')
export const redisTimeout = number('CACHE_TIMEOUT_MS')
