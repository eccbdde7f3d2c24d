import { randomBytes } from 'node:crypto';

/** A user of a server, with a password that nobody has used before. */
export function newLogin(user: string): { user: string; password: string } {
  return { user, password: randomBytes(18).toString('base64url') };
}
