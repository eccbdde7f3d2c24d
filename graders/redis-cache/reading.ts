import type { Reference } from 'backend-labs/kit';

export function rfc(number: number, section: string, title: string): Reference {
  return {
    title: `RFC ${number}, section ${section}: ${title}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  };
}

export function redisCommand(name: string): Reference {
  return {
    title: `Redis: ${name}`,
    url: `https://redis.io/docs/latest/commands/${name.toLowerCase()}/`,
  };
}

export function twelveFactor(page: string, title: string): Reference {
  return { title: `The Twelve-Factor App: ${title}`, url: `https://12factor.net/${page}` };
}

export const CACHE_ASIDE: Reference = {
  title: 'Azure Architecture Center: the cache-aside pattern',
  url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/cache-aside',
};

export const LEASES: Reference = {
  title: 'Scaling Memcache at Facebook, section 3.2.1: leases',
  url: 'https://www.usenix.org/system/files/conference/nsdi13/nsdi13-final170_update.pdf',
};

export const CHALLENGES: Reference = {
  title: 'Amazon Builders’ Library: caching challenges and strategies',
  url: 'https://aws.amazon.com/builders-library/caching-challenges-and-strategies/',
};

export const TIMEOUTS: Reference = {
  title: 'Amazon Builders’ Library: Timeouts, retries, and backoff with jitter',
  url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
};

export const KEYSPACE: Reference = {
  title: 'Redis: keys and values',
  url: 'https://redis.io/docs/latest/develop/using-commands/keyspace/',
};

export const EXPIRY: Reference = {
  title: 'Redis: EXPIRE, and how keys expire',
  url: 'https://redis.io/docs/latest/commands/expire/',
};

export const EVICTION: Reference = {
  title: 'Redis: key eviction, and what noeviction refuses',
  url: 'https://redis.io/docs/latest/develop/reference/eviction/',
};
