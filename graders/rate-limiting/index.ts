import { defineGrader } from 'backend-labs/kit';
import basics from './basics.ts';
import clients from './clients.ts';
import clocks from './clocks.ts';
import crashes from './crashes.ts';
import edges from './edges.ts';
import failClosed from './fail-closed.ts';
import failOpen from './fail-open.ts';
import { inRounds } from './late.ts';
import { randomSettings } from './policies.ts';
import proxy from './proxy.ts';
import races from './races.ts';
import fields from './standing.ts';
import waiting from './waiting.ts';

export default defineGrader({
  lab: 'rate-limiting',
  instances: { web: 2 },
  env: randomSettings,
  stages: [
    ...[basics, fields, waiting, clients, edges, races, proxy, clocks, crashes].map(inRounds),
    // Here 503 is among what is looked for.
    failOpen,
    failClosed,
  ],
});
