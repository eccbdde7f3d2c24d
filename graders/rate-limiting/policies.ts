import { concurrently, type Random } from 'backend-labs/kit';

/** A limit of the contract, as this run has set it. */
export interface Policy {
  name: 'default' | 'strict';
  /** N: requests that pass in a window. */
  limit: number;
  windowMs: number;
  /** How many may pass in any span of one window. */
  atMost: number;
  /** A request passes if fewer than N have passed in this span before it. */
  memoryMs: number;
}

export interface Policies {
  byDefault: Policy;
  strict: Policy;
}

/** Other numbers in each run, so that none can be written into an app. */
export function randomSettings(random: Random): Record<string, string> {
  return {
    DEFAULT_LIMIT: `${random.pick([7, 10, 13])}`,
    DEFAULT_WINDOW: `${random.integer(1, 2)}`,
    // Never that of the other policy, which an app would get away with if it took it.
    STRICT_LIMIT: `${random.integer(4, 6)}`,
    STRICT_WINDOW: `${random.integer(2, 3)}`,
    // An app that finds no Redis while there is one is then seen at once.
    RATE_LIMIT_FAIL: 'closed',
    TRUST_PROXY: '0',
  };
}

export function policiesOf(env: Readonly<Record<string, string>>): Policies {
  const number = (name: string) => Number(env[name]);
  const byDefault = { limit: number('DEFAULT_LIMIT'), windowMs: number('DEFAULT_WINDOW') * 1000 };
  const strict = { limit: number('STRICT_LIMIT'), windowMs: number('STRICT_WINDOW') * 1000 };
  return {
    byDefault: {
      name: 'default',
      ...byDefault,
      atMost: 2 * byDefault.limit,
      memoryMs: 2 * byDefault.windowMs,
    },
    strict: { name: 'strict', ...strict, atMost: strict.limit, memoryMs: strict.windowMs },
  };
}

/** Side by side, since each waits; then throws the first failure, if any. */
export async function forEachPolicy(
  env: Readonly<Record<string, string>>,
  action: (policy: Policy) => Promise<void>,
): Promise<void> {
  const policies = Object.values(policiesOf(env));
  await concurrently(policies.length, (i) => action(policies[i]!));
}

export const secondsOf = ({ windowMs }: Policy): number => windowMs / 1000;
