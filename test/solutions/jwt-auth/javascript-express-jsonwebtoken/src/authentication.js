import { findUserInSession } from './accounts.js'
import { forbidden, invalidToken, unauthorized } from './http/problems.js'

export function createAuthentication(database, tokens) {
  /** Puts who asks into `req.user` and `req.sessionId`, or answers 401. */
  async function authenticated(req, _res, next) {
    const token = bearer(req.headers.authorization)
    if (token === undefined) throw unauthorized('Send an access token.')
    const claims = tokens.verifyAccess(token)
    const user = claims && (await findUserInSession(database, claims))
    if (user === undefined) throw invalidToken()
    req.user = user
    req.sessionId = claims.sid
    next()
  }

  /** Comes after `authenticated`. The role in the token may be out of date. */
  function admin(req, _res, next) {
    if (req.user.role !== 'admin') throw forbidden()
    next()
  }

  return { authenticated, admin }
}

function bearer(authorization = '') {
  const [scheme, token, ...rest] = authorization.split(' ')
  return scheme.toLowerCase() === 'bearer' && token && rest.length === 0 ? token : undefined
}
