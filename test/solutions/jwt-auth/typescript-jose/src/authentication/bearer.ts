import { Problem } from '../problems.js'

/** The token of `Authorization: Bearer <token>` (RFC 6750, section 2.1), where there is one. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
}

/** Nobody has been named, or not rightly, and not by a token. */
export const unauthorized = (detail: string) => new Problem(401, detail, challenge())

export const invalidToken = () => new Problem(401, 'The access token is not good.', challenge('invalid_token'))

export const insufficientScope = () =>
  new Problem(403, 'This is for admins.', challenge('insufficient_scope'))

/** RFC 6750, section 3. */
function challenge(error?: string): Record<string, string> {
  const realm = 'Bearer realm="notes"'
  return { 'www-authenticate': error === undefined ? realm : `${realm}, error="${error}"` }
}
