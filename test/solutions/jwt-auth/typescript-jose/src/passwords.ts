import { randomBytes } from 'node:crypto'
import argon2 from 'argon2'

/** What OWASP advises for Argon2id: 19 MiB, two passes. */
const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password, COST)
}

/**
 * Whether the password is the one of this hash. Without a hash it is not, and finding that out takes as long: the time
 * of an answer would tell whether there is an account.
 */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const same = await argon2.verify(hash ?? (await nobodys), password)
  return same && hash !== undefined
}

const nobodys = hashPassword(randomBytes(32).toString('base64'))
