import { DatabaseError } from 'pg';
import { environmentError, errorCode, messageOf } from '../../core/errors.ts';
import type { PostgresLogin } from '../port.ts';
import { withClient } from '../postgres/connection.ts';
import { type ExternalLogin, parsePostgresUrl } from './url.ts';

/** A server that answers, and as whom. */
export interface ExternalServer {
  /** With `ssl` as the server will have it. */
  login: PostgresLogin;
  mayCreateDatabases: boolean;
  shown: string;
}

/**
 * Connects once, to see that the server answers and what the role may do.
 * @throws {LabsError} `usage`: no such URL; `environment`: no connection
 */
export async function connectExternal(url: string): Promise<ExternalServer> {
  const external = parsePostgresUrl(url);
  const { login, shown } = external;
  try {
    return await inspect(login, shown);
  } catch (error) {
    if (!external.plainWillDo || !isWithoutTls(error)) throw noConnection(external, error);
  }
  const { ssl: _, ...plain } = login;
  try {
    return await inspect(plain, shown);
  } catch (error) {
    throw noConnection(external, error);
  }
}

async function inspect(login: PostgresLogin, shown: string): Promise<ExternalServer> {
  return withClient(login, async (client) => {
    const { rows } = await client.query<{ allowed: boolean }>(
      'SELECT rolcreatedb OR rolsuper AS allowed FROM pg_roles WHERE rolname = current_user',
    );
    return { login, shown, mayCreateDatabases: rows[0]?.allowed === true };
  });
}

/** What pg says of a server that answers a request for TLS with “N”. */
function isWithoutTls(error: unknown): boolean {
  return messageOf(error).includes('does not support SSL');
}

function noConnection({ shown, login }: ExternalLogin, cause: unknown): Error {
  const answered = cause instanceof DatabaseError;
  // An AggregateError, of a name with several addresses, has a code and no message.
  const why = messageOf(cause).replace(/\.$/, '') || errorCode(cause);
  return environmentError(`No connection to ${shown}: ${why}.`, {
    hint: answered
      ? 'The server answers but refuses; check user, password and database in the URL.'
      : `Check that a server listens on port ${login.port} of ${login.host} and speaks TLS as sslmode says.`,
    cause,
  });
}
