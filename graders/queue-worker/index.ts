import { defineGrader } from 'backend-labs/kit';
import accepting from './accepting.ts';
import broker from './broker.ts';
import cancelling from './cancelling.ts';
import crashes from './crashes.ts';
import failures from './failures.ts';
import idempotency from './idempotency.ts';
import leases from './leases.ts';
import order from './order.ts';
import outages from './outages.ts';
import plenty from './plenty.ts';
import requests from './requests.ts';
import stops from './stops.ts';

export default defineGrader({
  lab: 'queue-worker',
  instances: { web: 1, worker: 2 },
  env: (random) => ({
    MAX_ATTEMPTS: String(random.integer(3, 4)),
    // So long that a slow look still falls into the pause.
    BACKOFF_BASE_MS: String(random.integer(300, 400)),
    // Long, but where leases are to run out: on a busy machine those of living workers must not.
    LEASE_MS: String(random.integer(5_000, 7_000)),
    WORKER_CONCURRENCY: String(random.integer(2, 4)),
  }),
  stages: [
    accepting,
    requests,
    idempotency,
    cancelling,
    plenty,
    order,
    failures,
    crashes,
    leases,
    stops,
    outages,
    broker,
  ],
});
