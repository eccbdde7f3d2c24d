import { defineGrader } from 'backend-labs/kit';
import basics from './basics.ts';
import claims from './claims.ts';
import { randomSettings } from './settings.ts';
import verification from './verification.ts';

export default defineGrader({
  lab: 'jwt-auth',
  instances: { web: 2 },
  env: randomSettings,
  stages: [basics, claims, verification],
});
