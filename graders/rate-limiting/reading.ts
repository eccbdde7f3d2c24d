import type { Reference } from 'backend-labs/kit';

export function rfc(number: number, section: string, title: string): Reference {
  return {
    title: `RFC ${number}, section ${section}: ${title}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  };
}

export function redisDocs(path: string, title: string): Reference {
  return { title: `Redis: ${title}`, url: `https://redis.io/docs/latest/${path}/` };
}

export const TOO_MANY: Reference = rfc(6585, '4', '429 Too Many Requests');
export const RETRY_AFTER: Reference = rfc(9110, '10.2.3', 'Retry-After');

export const SCRIPTS: Reference = redisDocs(
  'develop/interact/programmability/eval-intro',
  'Scripting with Lua',
);
export const INCR: Reference = redisDocs('commands/incr', 'INCR and the rate limiter patterns');

export const RATELIMIT: Reference = {
  title: 'IETF draft: RateLimit header fields for HTTP',
  url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/',
};

export const WINDOWS: Reference = {
  title: 'Cloudflare: How we built rate limiting capable of scaling to millions of domains',
  url: 'https://blog.cloudflare.com/counting-things-a-lot-of-different-things/',
};

export const LIMITERS: Reference = {
  title: 'Stripe: Scaling your API with rate limiters',
  url: 'https://stripe.com/blog/rate-limiters',
};

export const FORWARDED: Reference = {
  title: 'MDN: X-Forwarded-For, security and privacy concerns',
  url: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For',
};

export const TIMEOUTS: Reference = {
  title: 'Amazon Builders’ Library: Timeouts, retries, and backoff with jitter',
  url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
};

export const DISPOSABILITY: Reference = {
  title: 'The Twelve-Factor App: Disposability',
  url: 'https://12factor.net/disposability',
};
