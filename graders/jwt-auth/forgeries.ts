import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Session } from './accounts.ts';
import type { Forgery } from './asking.ts';
import { assemble, changed, hmac, nowSeconds } from './tokens.ts';

/** Makes tokens out of a good one: all of it as it was but for what is changed. */
export function forger({ header, claims }: Pick<Session, 'header' | 'claims'>, key: Buffer) {
  return {
    /** Rightly signed. `undefined` takes a member away. */
    signed: (claimChanges: Record<string, unknown>, headerChanges: Record<string, unknown> = {}) =>
      hmac(changed(header, headerChanges), changed(claims, claimChanges), key),
    /** As good as the token itself: rightly signed, just with another `jti` and a later `exp`. */
    good: (more: Record<string, unknown> = {}) =>
      hmac(
        header,
        changed(claims, { jti: `again-${claims['jti']}`, exp: nowSeconds() + 60, ...more }),
        key,
      ),
    with: (headerChanges: Record<string, unknown>, by: Buffer | string, bits = 256) =>
      hmac(changed(header, headerChanges), claims, by, bits),
    unsigned: (alg: unknown, signature = '') => assemble({ ...header, alg }, claims, signature),
  };
}

export type Forger = ReturnType<typeof forger>;

/** Tokens that say, in every spelling, that they need no signature (RFC 8725, section 3.1). */
export function unsecured(forge: Forger, signature: string): Forgery[] {
  const spellings = ['none', 'None', 'NONE', 'nOnE', 'none ', '', 'null'];
  return [
    ...spellings.flatMap((alg) => [
      { token: forge.unsigned(alg), fault: `with "alg":"${alg}" and no signature` },
      {
        token: forge.unsigned(alg, signature),
        fault: `with "alg":"${alg}" and the signature of another token`,
      },
    ]),
    { token: forge.unsigned(undefined), fault: 'without "alg" and without a signature' },
    { token: forge.unsigned(null), fault: 'with "alg":null and no signature' },
    { token: forge.unsigned(['none']), fault: 'with "alg":["none"] and no signature' },
  ];
}

/** What people take for secrets, and what comes of a setting that is missing. */
export const GUESSES = [
  '',
  'secret',
  'Secret',
  'changeme',
  'change-me',
  'change_me',
  'changeit',
  'password',
  'supersecret',
  'super-secret',
  'supersecretkey',
  'super-secret-key',
  'your-256-bit-secret',
  'your-secret-key',
  'your_jwt_secret',
  'a-string-secret-at-least-256-bits-long',
  'mysecret',
  'my-secret',
  'mysecretkey',
  'jwt-secret',
  'jwt_secret',
  'jwtsecret',
  'JWT_SECRET',
  'key',
  'private',
  'shhhhh',
  'test',
  'dev',
  'dev-secret',
  'development',
  'keyboard cat',
  '123456',
  'undefined',
  'null',
  'None',
  'secret-secret-secret-secret-secret',
  'dev-secret-dev-secret-dev-secret-dev-secret',
  '0'.repeat(32),
  '0'.repeat(64),
  '0123456789abcdef0123456789abcdef',
  '00112233445566778899aabbccddeeff',
];

/** An attacker's own keys. */
export interface AttackerKeys {
  rsa: { privateKey: KeyObject; publicKey: KeyObject };
  ec: { privateKey: KeyObject; publicKey: KeyObject };
}

let attacker: AttackerKeys | undefined;

/** Made once: which keys they are makes no difference, and RSA keys take long. */
export function attackerKeys(): AttackerKeys {
  attacker ??= {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  };
  return attacker;
}
