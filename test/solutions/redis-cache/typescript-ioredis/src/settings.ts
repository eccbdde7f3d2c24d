export interface Settings {
  port: number
  databaseUrl: string
  redisUrl: string
  cache: CacheSettings
}

/** Times in milliseconds. */
export interface CacheSettings {
  ttl: number
  negativeTtl: number
  /** By what share a life may be shorter than `ttl`. */
  jitter: number
  timeout: number
}

/** @throws where a variable is missing or no number */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const text = (name: string) => {
    const value = env[name]
    if (value === undefined || value === '') throw new Error(`${name} is not set`)
    return value
  }
  const number = (name: string) => {
    const value = Number(text(name))
    if (!(value >= 0)) throw new Error(`${name} is not a number`)
    return value
  }
  return {
    port: Number(env.PORT ?? 3000),
    databaseUrl: text('DATABASE_URL'),
    redisUrl: text('REDIS_URL'),
    cache: {
      ttl: number('CACHE_TTL_SECONDS') * 1_000,
      negativeTtl: number('CACHE_NEGATIVE_TTL_SECONDS') * 1_000,
      jitter: number('CACHE_JITTER'),
      timeout: number('CACHE_TIMEOUT_MS'),
    },
  }
}
