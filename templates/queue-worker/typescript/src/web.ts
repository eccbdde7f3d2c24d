import { buildApp } from './app.js'
import { settings } from './settings.js'

const app = buildApp()

// TODO 10: on SIGTERM, finish the requests in flight and exit with code 0 within 5 seconds. `app.close()` does
// most of it; what else keeps the process alive?

await app.listen({ port: settings.port, host: '0.0.0.0' })
