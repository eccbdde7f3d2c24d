import { defineGrader } from 'backend-labs/kit';
import catalogue from './catalogue.ts';
import cost from './cost.ts';
import expiry from './expiry.ts';
import hits from './hits.ts';
import keys from './keys.ts';
import lists from './lists.ts';
import outages from './outages.ts';
import races from './races.ts';
import writes from './writes.ts';

export default defineGrader({
  lab: 'redis-cache',
  instances: { web: 2 },
  env: (random) => ({
    // More than a minute, which is what one writes who reads no settings.
    CACHE_TTL_SECONDS: String(random.integer(61, 90)),
    CACHE_NEGATIVE_TTL_SECONDS: String(random.integer(2, 3)),
    CACHE_JITTER: '0',
    // Long: only where Redis is silent should a request feel it, and on no machine that stalls for a second or two.
    CACHE_TIMEOUT_MS: String(random.integer(3_000, 3_900)),
  }),
  stages: [catalogue, hits, writes, lists, races, cost, keys, expiry, outages],
});
