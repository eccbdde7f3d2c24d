export interface AccessClaims {
  /** The account's id. */
  sub: string
  /** The session's id. */
  sid: string
}

/**
 * TODO 3: sign a JWT with `SignJWT` of `jose`. Which claims it has, and what its header says, stands in the contract.
 *
 * TODO 9: under JWT_ALG=RS256 it is signed with JWT_PRIVATE_KEY, and its header names the key.
 */
export async function issueAccessToken(_claims: AccessClaims & { role: string }): Promise<string> {
  throw new Error('issueAccessToken is not written yet')
}

/**
 * The claims of a good token, or undefined.
 *
 * TODO 4: `jwtVerify` of `jose` does most of it, if it is told to: which algorithm, issuer, audience and type, how far
 * clocks may be off, which claims must be there. What does it not look at?
 */
export async function verifyAccessToken(_token: string): Promise<AccessClaims | undefined> {
  return undefined
}
