import type { Random } from 'backend-labs/kit';

/** The lab's settings as this run has made them; times in seconds. */
export interface Settings {
  issuer: string;
  audience: string;
  leeway: number;
  accessTtl: number;
  refreshTtl: number;
  /** The key of HS256: the bytes of JWT_SECRET as it stands. */
  secret: Buffer;
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Other values in each run, so that none can be written into an app. Long lives, a wide leeway. */
export function randomSettings(random: Random): Record<string, string> {
  const of = (alphabet: string, length: number) =>
    Array.from({ length }, () => random.pick([...alphabet])).join('');
  const host = random.word(8);
  return {
    JWT_ALG: 'HS256',
    // It looks like an encoding of bytes, and stands for itself.
    JWT_SECRET: random.pick([of('0123456789abcdef', 64), of(LETTERS_AND_DIGITS, 43)]),
    JWT_ISSUER: `https://${host}.example`,
    JWT_AUDIENCE: `https://${random.word(8)}.example/notes`,
    JWT_LEEWAY: `${random.integer(20, 40)}`,
    ACCESS_TOKEN_TTL: `${random.integer(300, 900)}`,
    REFRESH_TOKEN_TTL: `${random.integer(3_600, 86_400)}`,
  };
}

export function settingsOf(env: Readonly<Record<string, string>>): Settings {
  return {
    issuer: env['JWT_ISSUER'] ?? '',
    audience: env['JWT_AUDIENCE'] ?? '',
    leeway: Number(env['JWT_LEEWAY']),
    accessTtl: Number(env['ACCESS_TOKEN_TTL']),
    refreshTtl: Number(env['REFRESH_TOKEN_TTL']),
    secret: Buffer.from(env['JWT_SECRET'] ?? ''),
  };
}
