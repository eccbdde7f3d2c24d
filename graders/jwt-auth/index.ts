import { defineGrader } from 'backend-labs/kit';
import basics from './basics.ts';
import bearer from './bearer.ts';
import claims from './claims.ts';
import lifetimes from './lifetimes.ts';
import operations from './operations.ts';
import passwords from './passwords.ts';
import { patient } from './patience.ts';
import permissions from './permissions.ts';
import races from './races.ts';
import registration from './registration.ts';
import rs256 from './rs256.ts';
import secrets from './secrets.ts';
import sessions from './sessions.ts';
import { randomSettings } from './settings.ts';
import verification from './verification.ts';

export default defineGrader({
  lab: 'jwt-auth',
  instances: { web: 2 },
  env: randomSettings,
  stages: [
    basics,
    claims,
    verification,
    bearer,
    passwords,
    registration,
    permissions,
    sessions,
    races,
    lifetimes,
    rs256,
    secrets,
    operations,
  ].map(patient),
});
