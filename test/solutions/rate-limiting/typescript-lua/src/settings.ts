export interface Policy {
  name: 'default' | 'strict'
  /** Requests that pass in a window. */
  limit: number
  windowMs: number
}

export interface Settings {
  redisUrl: string
  default: Policy
  strict: Policy
  /** What to do while Redis is away. */
  fail: 'open' | 'closed'
  trustProxy: boolean
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  if (env.REDIS_URL === undefined) throw new Error('REDIS_URL is not set')
  return {
    redisUrl: env.REDIS_URL,
    default: {
      name: 'default',
      limit: Number(env.DEFAULT_LIMIT ?? 60),
      windowMs: Number(env.DEFAULT_WINDOW ?? 60) * 1000,
    },
    strict: {
      name: 'strict',
      limit: Number(env.STRICT_LIMIT ?? 10),
      windowMs: Number(env.STRICT_WINDOW ?? 60) * 1000,
    },
    fail: env.RATE_LIMIT_FAIL === 'closed' ? 'closed' : 'open',
    trustProxy: env.TRUST_PROXY === '1',
  }
}
