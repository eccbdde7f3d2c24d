import { buildApp } from './app.js'
import { settings } from './settings.js'

const app = buildApp()

// TODO 11: on SIGTERM, accept no new connections, finish the requests in flight, and exit with code 0 within
// 5 seconds. `app.close()` does most of it. Who keeps a connection open that nobody uses any more?

await app.listen({ port: settings.port, host: '0.0.0.0' })
