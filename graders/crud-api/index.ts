import { defineGrader } from 'backend-labs/kit';
import basics from './basics.ts';
import batches from './batches.ts';
import conditions from './conditions.ts';
import errors from './errors.ts';
import hostile from './hostile.ts';
import idempotency from './idempotency.ts';
import lifecycle from './lifecycle.ts';
import listing from './listing.ts';
import outages from './outages.ts';
import paging from './paging.ts';
import races from './races.ts';
import storage from './storage.ts';
import validation from './validation.ts';

export default defineGrader({
  lab: 'crud-api',
  stages: [
    basics,
    errors,
    validation,
    hostile,
    storage,
    listing,
    batches,
    conditions,
    idempotency,
    paging,
    races,
    outages,
    lifecycle,
  ],
});
