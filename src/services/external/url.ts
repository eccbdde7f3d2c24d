import { type LabsError, usageError } from '../../core/errors.ts';
import type { PostgresLogin } from '../port.ts';
import { withoutPassword } from './without-password.ts';

/** A server that the user named. */
export interface ExternalLogin {
  login: PostgresLogin;
  /** TLS is tried first, and done without where the server has none: what libpq does unasked. */
  plainWillDo: boolean;
  /** The URL for people, without the password. */
  shown: string;
}

const FORM = 'postgres://user:password@host:port/database?sslmode=require';

type Tls = Pick<PostgresLogin, 'ssl'> & { plainWillDo: boolean };

/** libpq's names; those that are not strict about certificates take any. */
const SSL_MODES: Readonly<Record<string, Tls>> = {
  disable: { plainWillDo: false },
  allow: { ssl: { rejectUnauthorized: false }, plainWillDo: true },
  prefer: { ssl: { rejectUnauthorized: false }, plainWillDo: true },
  require: { ssl: { rejectUnauthorized: false }, plainWillDo: false },
  'verify-ca': { ssl: { rejectUnauthorized: true }, plainWillDo: false },
  'verify-full': { ssl: { rejectUnauthorized: true }, plainWillDo: false },
};

/**
 * Reads `postgres://…` as it is given to `--service`.
 * @throws {LabsError} `usage`: what was expected, without the password
 */
export function parsePostgresUrl(text: string): ExternalLogin {
  // libpq takes `me@/db`, a server of this machine; URLs need a host behind a user.
  const url = URL.parse(text.replace(/^(\w+:\/\/[^/?#]*@)(?=[/?#]|$)/, '$1localhost'));
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol))
    throw wrong('it is no postgres:// URL');
  const shown = withoutPassword(url);
  const decode = (part: string) => decoded(part, shown);
  // A directory as the host: a Unix socket, as `?host=/var/run/postgresql`.
  const host = url.searchParams.get('host') ?? decode(url.hostname).replace(/^\[|\]$/g, '');
  if (host === '') throw wrong(`${shown} names no host`);
  if (url.username === '') throw wrong(`${shown} names no user`);
  const { ssl, plainWillDo } = tlsOf(url, shown, host);
  const login = {
    host,
    port: Number(url.port || 5432),
    user: decode(url.username),
    password: decode(url.password),
    database: decode(url.pathname.slice(1)) || 'postgres',
    ...(ssl && { ssl }),
  };
  return { login, plainWillDo, shown };
}

function tlsOf(url: URL, shown: string, host: string): Tls {
  for (const name of url.searchParams.keys()) {
    if (name !== 'sslmode' && name !== 'host')
      throw wrong(`${shown} sets ${name}, which labs does not know; it knows sslmode and host`);
  }
  const mode = url.searchParams.get('sslmode') ?? 'prefer';
  const tls = Object.hasOwn(SSL_MODES, mode) ? SSL_MODES[mode] : undefined;
  if (tls === undefined) {
    const modes = Object.keys(SSL_MODES).join(', ');
    throw wrong(`${shown} has an unknown sslmode; one of ${modes} was expected`);
  }
  // Postgres speaks no TLS over Unix sockets.
  return host.startsWith('/') ? { plainWillDo: false } : tls;
}

function decoded(part: string, shown: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong(`${shown} has a “%” that is not followed by two hexadecimal digits`);
  }
}

function wrong(what: string): LabsError {
  return usageError(`--service postgres=…: ${what}.`, {
    hint: `Expected ${FORM}; a “/”, “@” or “:” in the password is written %2F, %40 or %3A.`,
  });
}
