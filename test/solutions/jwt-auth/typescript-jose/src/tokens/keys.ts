import { createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import type { KeyPairSettings, SecretSettings } from '../settings.js'

export interface Keys {
  alg: 'HS256' | 'RS256'
  signing: KeyObject | Uint8Array
  /** Names the signing key in the header of a token. A secret has no name. */
  kid: string | undefined
  /** The key that a token must have been signed with, if it may have been signed with the one of this name. */
  verifying(kid: unknown): KeyObject | Uint8Array | undefined
  /** What the whole world may know. */
  published: JWK[]
}

export function loadKeys(settings: SecretSettings | KeyPairSettings): Keys | Promise<Keys> {
  return settings.alg === 'HS256' ? sharedSecret(settings) : keyPair(settings)
}

function sharedSecret({ alg, secret }: SecretSettings): Keys {
  return { alg, signing: secret, kid: undefined, verifying: () => secret, published: [] }
}

async function keyPair({ alg, privateKey, retiredPublicKey }: KeyPairSettings): Promise<Keys> {
  const current = createPublicKey(privateKey)
  const kid = await nameOf(current)
  const ring = new Map<unknown, KeyObject>([[kid, current]])
  if (retiredPublicKey !== undefined) ring.set(await nameOf(retiredPublicKey), retiredPublicKey)
  return {
    alg,
    signing: privateKey,
    kid,
    verifying: (kid) => ring.get(kid),
    published: await Promise.all([...ring.values()].map(publish)),
  }
}

/** Of the key alone (RFC 7638), so that all instances agree. */
async function nameOf(publicKey: KeyObject): Promise<string> {
  return calculateJwkThumbprint(await exportJWK(publicKey))
}

async function publish(publicKey: KeyObject): Promise<JWK> {
  return { ...(await exportJWK(publicKey)), kid: await nameOf(publicKey), alg: 'RS256', use: 'sig' }
}
