import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'

/**
 * Throws where a variable is missing or cannot be right; the message names it and leaves its value out.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function readSettings(env) {
  return {
    port: seconds(env, 'PORT', 3000),
    databaseUrl: required(env, 'DATABASE_URL'),
    issuer: required(env, 'JWT_ISSUER'),
    audience: required(env, 'JWT_AUDIENCE'),
    leeway: seconds(env, 'JWT_LEEWAY', 30),
    accessTokenTtl: seconds(env, 'ACCESS_TOKEN_TTL', 900),
    refreshTokenTtl: seconds(env, 'REFRESH_TOKEN_TTL', 2_592_000),
    ...readKeys(env),
  }
}

function readKeys(env) {
  const algorithm = env.JWT_ALG || 'HS256'
  if (algorithm === 'HS256') return { algorithm, secret: readSecret(env) }
  if (algorithm !== 'RS256') throw new Error('JWT_ALG is HS256 or RS256')
  return {
    algorithm,
    privateKey: createPrivateKey(required(env, 'JWT_PRIVATE_KEY')),
    retiredPublicKey: env.JWT_RETIRED_PUBLIC_KEY ? createPublicKey(env.JWT_RETIRED_PUBLIC_KEY) : undefined,
  }
}

function readSecret(env) {
  const bytes = Buffer.from(required(env, 'JWT_SECRET'), 'utf8')
  if (bytes.length < 32) throw new Error('JWT_SECRET has fewer than 32 bytes')
  return createSecretKey(bytes)
}

function required(env, name) {
  if (!env[name]) throw new Error(`${name} is missing`)
  return env[name]
}

function seconds(env, name, otherwise) {
  const value = Number(env[name] || otherwise)
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} is not a whole number`)
  return value
}
