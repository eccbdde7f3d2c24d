import { randomUUID } from 'node:crypto'
import { errors, type JWTHeaderParameters, type JWTVerifyResult, jwtVerify, SignJWT } from 'jose'
import type { TokenSettings } from '../settings.js'
import { isUuid } from '../validation.js'
import type { Keys } from './keys.js'

const TYPE = 'at+jwt'

export interface AccessClaims {
  /** An account's id. */
  sub: string
  /** A session's id. */
  sid: string
}

/** JWTs after RFC 9068. */
export class AccessTokens {
  readonly #settings: TokenSettings
  readonly #keys: Keys

  constructor(settings: TokenSettings, keys: Keys) {
    this.#settings = settings
    this.#keys = keys
  }

  /** Seconds. */
  get ttl(): number {
    return this.#settings.ttl
  }

  issue({ sub, sid, role }: AccessClaims & { role: string }): Promise<string> {
    const { alg, kid, signing } = this.#keys
    const { issuer, audience, ttl } = this.#settings
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ sid, role })
      .setProtectedHeader({ alg, typ: TYPE, ...(kid !== undefined && { kid }) })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(sub)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + ttl)
      .sign(signing)
  }

  /** The claims, or undefined where the token is not good. Whether its session goes on is another question. */
  async verify(token: string): Promise<AccessClaims | undefined> {
    const verified = await this.#verifySignature(token)
    if (verified === undefined) return undefined
    const { protectedHeader, payload } = verified
    // Jose lets the extensions pass that it knows itself.
    if ('crit' in protectedHeader) return undefined
    const { sub, sid } = payload
    return isUuid(sub) && isUuid(sid) ? { sub, sid } : undefined
  }

  async #verifySignature(token: string): Promise<JWTVerifyResult | undefined> {
    const { issuer, audience, leeway } = this.#settings
    try {
      return await jwtVerify(token, (header) => this.#keyFor(header), {
        algorithms: [this.#keys.alg],
        typ: TYPE,
        issuer,
        audience,
        clockTolerance: leeway,
        requiredClaims: ['exp', 'sub', 'sid'],
      })
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }

  #keyFor({ kid }: JWTHeaderParameters) {
    const key = this.#keys.verifying(kid)
    if (key === undefined) throw new errors.JWKSNoMatchingKey()
    return key
  }
}
