import type { Reference } from 'backend-labs/kit';

export function rfc(number: number, section: string, title: string): Reference {
  return {
    title: `RFC ${number}, section ${section}: ${title}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}.html#section-${section}`,
  };
}

export function owasp(page: string, title: string): Reference {
  return {
    title: `OWASP: ${title}`,
    url: `https://cheatsheetseries.owasp.org/cheatsheets/${page}.html`,
  };
}

export const PASSWORD_STORAGE: Reference = owasp(
  'Password_Storage_Cheat_Sheet',
  'Password Storage Cheat Sheet',
);
export const AUTHENTICATION: Reference = owasp(
  'Authentication_Cheat_Sheet',
  'Authentication Cheat Sheet',
);
export const MASS_ASSIGNMENT: Reference = owasp(
  'Mass_Assignment_Cheat_Sheet',
  'Mass Assignment Cheat Sheet',
);
export const LOGGING: Reference = owasp('Logging_Cheat_Sheet', 'Logging Cheat Sheet');

export const OBJECT_LEVEL: Reference = {
  title: 'OWASP API1:2023, Broken Object Level Authorization',
  url: 'https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/',
};

export const FUNCTION_LEVEL: Reference = {
  title: 'OWASP API5:2023, Broken Function Level Authorization',
  url: 'https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/',
};

export const ROTATION: Reference = rfc(9700, '4.14.2', 'Refresh Token Protection');

export const UNIQUE: Reference = {
  title: 'PostgreSQL: Unique Constraints',
  url: 'https://www.postgresql.org/docs/current/ddl-constraints.html',
};

export const LOCKING: Reference = {
  title: 'PostgreSQL: UPDATE … RETURNING',
  url: 'https://www.postgresql.org/docs/current/sql-update.html',
};

export const DISPOSABILITY: Reference = {
  title: 'The Twelve-Factor App: Disposability',
  url: 'https://12factor.net/disposability',
};

export const CONFIG: Reference = {
  title: 'The Twelve-Factor App: Config',
  url: 'https://12factor.net/config',
};

export const KEY_SIZE: Reference = rfc(7518, '3.2', 'HMAC with SHA-2 Functions');
