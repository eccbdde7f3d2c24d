import { createHmac, type KeyObject, sign as signWith } from 'node:crypto';

/** A token's two readable parts. */
export interface Decoded {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

export type Key = Buffer | string | KeyObject;

export const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** The parts as they are given: no library would let these tokens be made. */
export function assemble(header: unknown, claims: unknown, signature: string | Buffer): string {
  return `${encoded(header)}.${encoded(claims)}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`;
}

/** Signs by HMAC with SHA-256, -384 or -512, whatever the header says. */
export function hmac(header: unknown, claims: unknown, key: Buffer | string, bits = 256): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  const signature = createHmac(`sha${bits}`, key).update(input).digest('base64url');
  return `${input}.${signature}`;
}

/** Signs with a private key: RSA with PKCS #1 v1.5, EC or Ed25519, as the key is. */
export function signed(header: unknown, claims: unknown, key: KeyObject, bits = 256): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  const digest = key.asymmetricKeyType === 'ed25519' ? null : `sha${bits}`;
  const signature = signWith(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Header and claims; undefined where it is no JWS whose parts are JSON objects. */
export function decode(token: string): Decoded | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    const isObject = (value: unknown) =>
      value !== null && typeof value === 'object' && !Array.isArray(value);
    return isObject(header) && isObject(claims) ? { header, claims } : undefined;
  } catch {
    return undefined;
  }
}

/** A token as failures show it: what it says, or itself where it says nothing. */
export function described(token: string): string {
  const decoded = decode(token);
  const cut = (text: string) =>
    text.length <= 1_500 ? text : `${text.slice(0, 1_500)}… (${text.length} characters)`;
  if (decoded === undefined) return cut(token);
  const signature = token.split('.')[2]!;
  const json = (value: unknown) => cut(JSON.stringify(value));
  return [
    `header     ${json(decoded.header)}`,
    `claims     ${json(decoded.claims)}`,
    `signature  ${signature === '' ? '(empty)' : `${signature.slice(0, 24)}…`}`,
  ].join('\n');
}

/** Without the members that are `undefined`. */
export function changed(
  from: Record<string, unknown>,
  changes: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...from, ...changes }).filter(([, value]) => value !== undefined),
  );
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
