import { type LabsError, usageError } from '../../core/errors.ts';
import type { RedisLogin } from '../port.ts';
import { withoutPassword } from './without-password.ts';

/** A server that the user named. */
export interface ExternalRedis {
  /** In database 0. */
  login: RedisLogin;
  /** The first database that labs may take. */
  firstDatabase: number;
  /** The URL for people, without the password. */
  shown: string;
}

const FORM = 'redis://user:password@host:port/1 or rediss://… for TLS';

/**
 * Reads `redis://…` as it is given to `--service`. Its path names the first database that labs may
 * take; 1 where there is none.
 * @throws {LabsError} `usage`: what was expected, without the password
 */
export function parseRedisUrl(text: string): ExternalRedis {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol))
    throw wrong('it is no redis:// or rediss:// URL');
  const shown = withoutPassword(url);
  if (url.hostname === '') throw wrong(`${shown} names no host`);
  const [parameter] = url.searchParams.keys();
  if (parameter !== undefined) throw wrong(`${shown} sets ${parameter}, which labs does not know`);
  const { pathname } = url;
  if (!/^(\/\d{0,5})?$/.test(pathname))
    throw wrong(`${shown} has ${pathname} where the number of a database was expected`);
  const decode = (part: string) => decoded(part, shown) || undefined;
  const password = decode(url.password);
  const user = decode(url.username);
  const address = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    ...(url.protocol === 'rediss:' && { tls: { rejectUnauthorized: true } }),
  };
  return {
    login: { address, user: password === undefined ? undefined : user, password, number: 0 },
    // Connections begin in database 0: it is nobody's own.
    firstDatabase: Math.max(1, Number(pathname.slice(1))),
    shown,
  };
}

function decoded(part: string, shown: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong(`${shown} has a “%” that is not followed by two hexadecimal digits`);
  }
}

function wrong(what: string): LabsError {
  return usageError(`--service redis=…: ${what}.`, {
    hint: `Expected ${FORM}; a “/”, “@” or “:” in the password is written %2F, %40 or %3A.`,
  });
}
