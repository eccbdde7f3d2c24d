import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

export interface Settings {
  port: number
  databaseUrl: string
  tokens: TokenSettings
  /** Seconds. */
  refreshTokenTtl: number
}

/** Times in seconds. */
export interface TokenSettings {
  signing: SecretSettings | KeyPairSettings
  issuer: string
  audience: string
  leeway: number
  ttl: number
}

export interface SecretSettings {
  alg: 'HS256'
  secret: Uint8Array
}

export interface KeyPairSettings {
  alg: 'RS256'
  privateKey: KeyObject
  retiredPublicKey: KeyObject | undefined
}

/** @throws where a variable is missing or cannot be right; the message names the variable and not its value */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    port: wholeNumber(env, 'PORT', 3000),
    databaseUrl: text(env, 'DATABASE_URL'),
    tokens: {
      signing: readSigning(env),
      issuer: text(env, 'JWT_ISSUER'),
      audience: text(env, 'JWT_AUDIENCE'),
      leeway: wholeNumber(env, 'JWT_LEEWAY', 30),
      ttl: wholeNumber(env, 'ACCESS_TOKEN_TTL', 900),
    },
    refreshTokenTtl: wholeNumber(env, 'REFRESH_TOKEN_TTL', 2_592_000),
  }
}

function readSigning(env: NodeJS.ProcessEnv): SecretSettings | KeyPairSettings {
  const alg = env.JWT_ALG || 'HS256'
  if (alg === 'HS256') return { alg, secret: readSecret(env) }
  if (alg !== 'RS256') throw new Error('JWT_ALG is neither HS256 nor RS256')
  return {
    alg,
    privateKey: rsaKey('JWT_PRIVATE_KEY', () => createPrivateKey(text(env, 'JWT_PRIVATE_KEY'))),
    retiredPublicKey: env.JWT_RETIRED_PUBLIC_KEY
      ? rsaKey('JWT_RETIRED_PUBLIC_KEY', () => createPublicKey(text(env, 'JWT_RETIRED_PUBLIC_KEY')))
      : undefined,
  }
}

function readSecret(env: NodeJS.ProcessEnv): Uint8Array {
  const secret = new TextEncoder().encode(text(env, 'JWT_SECRET'))
  // As long as the hash, at least (RFC 7518, section 3.2).
  if (secret.length < 32) throw new Error('JWT_SECRET is shorter than 32 bytes')
  return secret
}

function rsaKey(name: string, parse: () => KeyObject): KeyObject {
  const key = parse()
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    throw new Error(`${name} is no RSA key of 2048 bits or more`)
  }
  return key
}

function text(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = Number(env[name] || otherwise)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is no whole number`)
  return value
}
