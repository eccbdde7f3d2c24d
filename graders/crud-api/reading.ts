import type { Reference } from 'backend-labs/kit';

export function rfc(number: number, section: string, title: string): Reference {
  return {
    title: `RFC ${number}, section ${section}: ${title}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  };
}

export function postgresManual(page: string, title: string): Reference {
  return {
    title: `PostgreSQL manual: ${title}`,
    url: `https://www.postgresql.org/docs/current/${page}.html`,
  };
}

export function owasp(page: string, title: string): Reference {
  return {
    title: `OWASP Cheat Sheet: ${title}`,
    url: `https://cheatsheetseries.owasp.org/cheatsheets/${page}.html`,
  };
}

export function twelveFactor(page: string, title: string): Reference {
  return { title: `The Twelve-Factor App: ${title}`, url: `https://12factor.net/${page}` };
}

export const NO_OFFSET: Reference = {
  title: 'Use The Index, Luke: We need tool support for keyset pagination',
  url: 'https://use-the-index-luke.com/no-offset',
};

export const N_PLUS_ONE: Reference = {
  title: 'Use The Index, Luke: Nested loops, or the N+1 problem',
  url: 'https://use-the-index-luke.com/sql/join/nested-loops-join-n1-problem',
};

export const IDEMPOTENCY_KEY: Reference = {
  title: 'IETF draft: The Idempotency-Key HTTP header field',
  url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/',
};

export const TIMEOUTS: Reference = {
  title: 'Amazon Builders’ Library: Timeouts, retries, and backoff with jitter',
  url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
};
