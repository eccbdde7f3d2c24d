/** What a string in `users.password_hash` says of itself. */
export interface PasswordHash {
  algorithm: string;
  /** As the string has it. */
  salt: string;
  /** Bytes of salt, unless the algorithm fixes them. */
  saltBytes: number;
  /** What is below the contract's floor, in words; undefined if nothing is. */
  weakness: string | undefined;
}

const BASE64 = '[A-Za-z0-9+/._-]+={0,2}';

const FORMS: readonly [form: RegExp, read: (groups: Record<string, string>) => PasswordHash][] = [
  [
    /^\$2[aby]\$(?<cost>\d\d)\$(?<salt>[./A-Za-z0-9]{22})[./A-Za-z0-9]{31}$/,
    ({ cost = '', salt = '' }) => ({
      algorithm: 'bcrypt',
      salt,
      saltBytes: 16,
      weakness: floor('cost', Number(cost), 10),
    }),
  ],
  [
    phc('argon2id', `(?:v=\\d+\\$)?${inAnyOrder('m', 't', 'p')}`),
    ({ m = '', t = '', salt = '' }) => ({
      ...salted('argon2id', salt),
      weakness: floor('m', Number(m), 7_168) ?? floor('t × m', Number(t) * Number(m), 35_840),
    }),
  ],
  [
    phc('scrypt', inAnyOrder('ln', 'r', 'p')),
    ({ ln = '', r = '', p = '', salt = '' }) => ({
      ...salted('scrypt', salt),
      weakness:
        floor('r', Number(r), 8) ??
        floor('N × r × p', 2 ** Number(ln) * Number(r) * Number(p), 131_072),
    }),
  ],
  [
    phc('pbkdf2-sha(?:256|512)', '(?:i=)?(?<i>\\d+)(?:,l=\\d+)?'),
    ({ i = '', salt = '' }) => ({
      ...salted('PBKDF2', salt),
      weakness: floor('iterations', Number(i), 210_000),
    }),
  ],
];

/** Undefined where it has none of the contract's forms. */
export function readHash(stored: string): PasswordHash | undefined {
  for (const [form, read] of FORMS) {
    const groups = form.exec(stored)?.groups;
    if (groups !== undefined) return read(groups);
  }
  return undefined;
}

/** What a string that has none of the forms may be, for the failure. */
export function looksLike(stored: string, password: string): string {
  if (stored === password) return 'the password itself';
  if (stored.includes(password)) return 'a string with the password in it';
  if (Buffer.from(password).toString('base64').startsWith(stored.replace(/=+$/, '')))
    return 'the password in base64';
  const digests: Record<number, string> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256', 128: 'SHA-512' };
  const digest = /^[0-9a-f]+$/i.test(stored) ? digests[stored.length] : undefined;
  return digest === undefined
    ? `${JSON.stringify(stored.slice(0, 100))}`
    : `${stored.length} hexadecimal digits, as ${digest} gives: made to be fast`;
}

function phc(id: string, parameters: string): RegExp {
  return new RegExp(`^\\$${id}\\$${parameters}\\$(?<salt>${BASE64})\\$${BASE64}$`);
}

/** PHC strings have a fixed order, and the package `argon2` of npm has left it in 0.45. */
function inAnyOrder(...names: string[]): string {
  const each = names.map((name) => `(?=(?:[^$]*,)?${name}=(?<${name}>\\d+)[,$])`);
  return `${each.join('')}[^$]+`;
}

/** Base64 of any alphabet: four characters for three bytes. */
function salted(algorithm: string, salt: string) {
  return { algorithm, salt, saltBytes: Math.floor((salt.replace(/=+$/, '').length * 3) / 4) };
}

function floor(what: string, value: number, least: number): string | undefined {
  return value >= least ? undefined : `${what} is ${value}, and at least ${least} is due`;
}
