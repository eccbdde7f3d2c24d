import { newLogin } from '../new-login.ts';
import type { RoleLogin } from './sql.ts';

/** Those of a server that we start. */
export function newRoles(): { role: RoleLogin; grader: RoleLogin } {
  return { role: newLogin('app'), grader: newLogin('labs_grader') };
}
