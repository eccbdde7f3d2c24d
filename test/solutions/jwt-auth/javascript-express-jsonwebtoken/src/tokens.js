import { randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { isUuid } from './validation.js'

const ACCESS = 'at+jwt'
const REFRESH = 'rt+jwt'

/** Both kinds of tokens are JWTs. `typ` and `aud` tell them apart. */
export function createTokens(settings, keys) {
  const { algorithm, issuer, audience, leeway } = settings

  return {
    /** @param {{ id: string, userId: string, role: string }} session */
    issueAccess({ id, userId, role }) {
      return sign(ACCESS, audience, { sub: userId, sid: id, role, jti: randomUUID() }, settings.accessTokenTtl)
    },

    /** The database knows until when it is good, and whether it still is. */
    issueRefresh({ id, userId }, jti) {
      return sign(REFRESH, issuer, { sub: userId, sid: id, jti })
    },

    /** @returns {{ sub: string, sid: string } | undefined} */
    verifyAccess(token) {
      const claims = verify(token, ACCESS, audience)
      // The library lets a token pass that never expires.
      return claims?.exp !== undefined && isUuid(claims.sub) && isUuid(claims.sid) ? claims : undefined
    },

    /** @returns {{ jti: string } | undefined} */
    verifyRefresh(token) {
      const claims = verify(token, REFRESH, issuer)
      return typeof claims?.jti === 'string' ? claims : undefined
    },
  }

  function sign(typ, audience, claims, expiresIn) {
    return jwt.sign(claims, keys.signing, {
      algorithm,
      issuer,
      audience,
      header: { typ },
      ...(expiresIn !== undefined && { expiresIn }),
      ...(keys.kid !== undefined && { keyid: keys.kid }),
    })
  }

  function verify(token, typ, audience) {
    try {
      const unverified = jwt.decode(token, { complete: true })
      const { header, payload } = jwt.verify(token, keys.find(unverified.header.kid), {
        algorithms: [algorithm],
        issuer,
        audience,
        clockTolerance: leeway,
        complete: true,
      })
      // The library looks at neither.
      return header.typ === typ && !('crit' in header) ? payload : undefined
    } catch {
      // Besides errors of its own it throws what JSON.parse does, say.
      return undefined
    }
  }
}
