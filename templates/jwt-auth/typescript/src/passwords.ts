/**
 * TODO 1: make a slow hash with a salt of its own: `argon2` is installed already. Mind what the contract says of the
 * cost. Then an account can be made (accounts.ts), and its password be checked.
 */
export async function hashPassword(_password: string): Promise<string> {
  throw new Error('hashPassword is not written yet')
}

/**
 * TODO 1: is it the password of this hash?
 *
 * TODO 3: where there is no account there is no hash. How long does it take to say so, and who could measure that?
 */
export async function isPassword(_password: string, _hash: string | undefined): Promise<boolean> {
  return false
}
