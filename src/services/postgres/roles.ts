import { randomBytes } from 'node:crypto';
import type { RoleLogin } from './sql.ts';

/** Those of a server that we start. */
export function newRoles(): { role: RoleLogin; grader: RoleLogin } {
  const named = (user: string) => ({ user, password: randomBytes(18).toString('base64url') });
  return { role: named('app'), grader: named('labs_grader') };
}
