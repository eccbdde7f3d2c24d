import { hostname } from 'node:os'

const { env } = process

export const port = Number(env.PORT ?? 3000)
export const databaseUrl = env.DATABASE_URL
export const redisUrl = env.REDIS_URL
export const processName = env.PROCESS_NAME ?? `${hostname()}.${process.pid}`
export const maxAttempts = Number(env.MAX_ATTEMPTS ?? 5)
export const backoffBase = Number(env.BACKOFF_BASE_MS ?? 1_000)
export const lease = Number(env.LEASE_MS ?? 30_000)
export const concurrency = Number(env.WORKER_CONCURRENCY ?? 5)
