import { createHash, createPublicKey } from 'node:crypto'

/**
 * @typedef {object} KeyRing
 * @property {import('node:crypto').KeyObject} signing
 * @property {string | undefined} kid of the signing key; a secret has none
 * @property {(kid: unknown) => import('node:crypto').KeyObject | undefined} find what a token of this `kid` is verified with
 * @property {object[]} published JWKs
 */

/** @returns {KeyRing} */
export function createKeyRing({ algorithm, secret, privateKey, retiredPublicKey }) {
  if (algorithm === 'HS256') return { signing: secret, kid: undefined, find: () => secret, published: [] }

  const publicKeys = [createPublicKey(privateKey), retiredPublicKey].filter((key) => key !== undefined)
  const named = new Map(publicKeys.map((key) => [thumbprint(key), key]))
  const [kid] = named.keys()
  return {
    signing: privateKey,
    kid,
    // A token that names no key was signed with the one that signs now, or is refused.
    find: (name) => named.get(name === undefined ? kid : name),
    published: [...named].map(([name, key]) => ({ ...members(key), kid: name, alg: algorithm, use: 'sig' })),
  }
}

/** RFC 7638: the members in the order of the alphabet, without blanks. */
function thumbprint(publicKey) {
  const { e, kty, n } = members(publicKey)
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url')
}

function members(publicKey) {
  const { kty, n, e } = publicKey.export({ format: 'jwk' })
  return { kty, n, e }
}
