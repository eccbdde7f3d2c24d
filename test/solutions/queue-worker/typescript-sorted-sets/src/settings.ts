import { hostname } from 'node:os'

/** Times in milliseconds. */
export interface Settings {
  port: number
  databaseUrl: string
  redisUrl: string
  processName: string
  maxAttempts: number
  backoffBase: number
  lease: number
  concurrency: number
}

/** @throws where a variable is missing or no number */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const text = (name: string) => {
    const value = env[name]
    if (value === undefined || value === '') throw new Error(`${name} is not set`)
    return value
  }
  const number = (name: string, otherwise: number) => {
    const value = Number(env[name] ?? otherwise)
    if (!Number.isInteger(value) || value < 1) throw new Error(`${name} is not a number from 1`)
    return value
  }
  return {
    port: number('PORT', 3000),
    databaseUrl: text('DATABASE_URL'),
    redisUrl: text('REDIS_URL'),
    processName: env.PROCESS_NAME ?? `${hostname()}.${process.pid}`,
    maxAttempts: number('MAX_ATTEMPTS', 5),
    backoffBase: number('BACKOFF_BASE_MS', 1_000),
    lease: number('LEASE_MS', 30_000),
    concurrency: number('WORKER_CONCURRENCY', 5),
  }
}
