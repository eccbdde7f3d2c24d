import { buildApp } from './app.js'

const app = buildApp()

// TODO 8: on SIGTERM, accept no new connections, finish the requests in flight, and exit with code 0 within
// 5 seconds. `app.close()` does most of it; what of the connections to Redis and Postgres, and what if Redis
// is silent just then?

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' })
