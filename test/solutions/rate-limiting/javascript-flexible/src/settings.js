const { env } = process

/** @typedef {{ name: string, limit: number, seconds: number }} Policy */

export const port = Number(env.PORT ?? 3000)
export const redisUrl = env.REDIS_URL
export const failOpen = env.RATE_LIMIT_FAIL !== 'closed'
export const trustProxy = env.TRUST_PROXY === '1'

/** @type {Policy} */
export const byDefault = {
  name: 'default',
  limit: Number(env.DEFAULT_LIMIT ?? 60),
  seconds: Number(env.DEFAULT_WINDOW ?? 60),
}

/** @type {Policy} */
export const strict = {
  name: 'strict',
  limit: Number(env.STRICT_LIMIT ?? 10),
  seconds: Number(env.STRICT_WINDOW ?? 60),
}
