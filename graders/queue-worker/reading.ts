import type { Reference } from 'backend-labs/kit';

export function rfc(number: number, section: string, title: string): Reference {
  return {
    title: `RFC ${number}, section ${section}: ${title}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  };
}

export const ACCEPTED = rfc(9110, '15.3.3', '202 Accepted');
export const PROBLEMS = rfc(9457, '3', 'Members of a Problem Details Object');

export const ASYNC_REPLY: Reference = {
  title: 'Azure Architecture Center: asynchronous request-reply',
  url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/async-request-reply',
};

export const IDEMPOTENCY_KEYS: Reference = {
  title: 'Implementing Stripe-like idempotency keys in Postgres',
  url: 'https://brandur.org/idempotency-keys',
};

export const OUTBOX: Reference = {
  title: 'Microservices.io: the transactional outbox',
  url: 'https://microservices.io/patterns/data/transactional-outbox.html',
};

export const IDEMPOTENT_CONSUMER: Reference = {
  title: 'Microservices.io: the idempotent consumer',
  url: 'https://microservices.io/patterns/communication-style/idempotent-consumer.html',
};

export const COMPETING: Reference = {
  title: 'Azure Architecture Center: competing consumers',
  url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/competing-consumers',
};

export const STALLED: Reference = {
  title: 'BullMQ: stalled jobs',
  url: 'https://docs.bullmq.io/guide/jobs/stalled',
};

export const RELIABLE_QUEUE: Reference = {
  title: 'Redis: LMOVE, and the reliable queue',
  url: 'https://redis.io/docs/latest/commands/lmove/',
};

export const FENCING: Reference = {
  title: 'Martin Kleppmann: How to do distributed locking',
  url: 'https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html',
};

export const BACKOFF: Reference = {
  title: 'Amazon Builders’ Library: Timeouts, retries, and backoff with jitter',
  url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
};

export const BACKLOGS: Reference = {
  title: 'Amazon Builders’ Library: Avoiding insurmountable queue backlogs',
  url: 'https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/',
};

export const DEAD_LETTERS: Reference = {
  title: 'Enterprise Integration Patterns: Dead Letter Channel',
  url: 'https://www.enterpriseintegrationpatterns.com/patterns/messaging/DeadLetterChannel.html',
};

export const PRIORITIES: Reference = {
  title: 'Azure Architecture Center: priority queue',
  url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/priority-queue',
};

export const DISPOSABILITY: Reference = {
  title: 'The Twelve-Factor App: Disposability',
  url: 'https://12factor.net/disposability',
};

export const PROCESSES: Reference = {
  title: 'The Twelve-Factor App: Concurrency',
  url: 'https://12factor.net/concurrency',
};

export const TRANSACTIONS: Reference = {
  title: 'PostgreSQL: transactions',
  url: 'https://www.postgresql.org/docs/current/tutorial-transactions.html',
};

export const BLOCKING: Reference = {
  title: 'Redis: BLPOP, and how to wait without polling',
  url: 'https://redis.io/docs/latest/commands/blpop/',
};

export const PERSISTENCE: Reference = {
  title: 'Redis: persistence',
  url: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
};
