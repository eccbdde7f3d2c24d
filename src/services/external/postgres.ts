import path from 'node:path';
import { environmentError } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import { undoable } from '../../core/undoable.ts';
import { orAbort } from '../../platform/abortable.ts';
import { type IsDead, ownerRecord } from '../../platform/owner.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';
import type { PostgresLogin, PostgresRequest, PostgresServer, ServerAddress } from '../port.ts';
import { LabServer } from '../postgres/lab-server.ts';
import { connectExternal } from './connect.ts';
import { ownerComment } from './databases.ts';
import { sweepServer } from './sweep.ts';

const OLDEST = 130_000;

export interface ExternalPostgresOptions {
  url: string;
  run: RunDirectory;
  isDead: IsDead;
}

/** Databases in a server of the user's; nothing else of it is touched. */
export function externalPostgres(
  { url, run, isDead }: ExternalPostgresOptions,
  request: PostgresRequest,
  nextName: () => string,
): Resource<PostgresServer> {
  const about = {
    id: 'services.postgres',
    title: 'Make databases in your Postgres',
    teardownBudgetMs: 30_000,
  };
  return undoable(about, async ({ signal, undo, progress }) => {
    progress('connecting');
    const { login, mayCreateDatabases, shown } = await orAbort(connectExternal(url), signal);
    if (!mayCreateDatabases) throw mayNotCreate(login.user, shown);
    progress('removing what killed runs left');
    await orAbort(sweepServer(login, isDead), signal);

    progress('applying the schema');
    const lab = new LabServer({
      admin: login,
      address: addressOf(login),
      role: login,
      grader: login,
      schema: request.schema,
      nextName,
      comment: ownerComment(await ownerRecord(run.owner)),
      // The server's own: file_copy makes all of it write a checkpoint.
      strategy: undefined,
      oldest: OLDEST,
    });
    undo(() => lab[Symbol.asyncDispose]());
    undo(() => lab.dropAll());
    return lab.prepare(signal);
  });
}

function addressOf({ host, port, ssl }: PostgresLogin): ServerAddress {
  if (host.startsWith('/')) return { path: path.join(host, `.s.PGSQL.${port}`) };
  return { host, port, ...(ssl && { tls: ssl }) };
}

function mayNotCreate(user: string, shown: string): Error {
  return environmentError(`The role ${user} at ${shown} may not create databases.`, {
    hint: `Have a superuser of that server run: ALTER ROLE "${user.replaceAll('"', '""')}" CREATEDB;`,
  });
}
