import { escapeIdentifier as name, escapeLiteral as text } from 'pg';

export interface RoleLogin {
  user: string;
  password: string;
}

/** What a template is made for. */
export interface ServerTraits {
  /** `server_version_num`: 180004 for 18.4. */
  version: number;
  /** Of `template1`: how letters are told from others before Postgres 17. */
  ctype: string;
}

/** How a database is copied: file by file between two checkpoints, or through the log. */
export type CopyStrategy = 'file_copy' | 'wal_log';

export interface CopyPlan {
  database: string;
  owner: string;
  /** Undefined: the server's own choice, or one that is too old to have any. */
  strategy: CopyStrategy | undefined;
}

/** A role that owns what it makes in the databases that it is let into, and nothing else. */
export function createRole(role: RoleLogin, connections: number): string {
  return `${loginRole(role)} CONNECTION LIMIT ${connections}`;
}

/** One that may do with the tables of another what that one may; the other may do nothing with its own. */
export function createMember(role: RoleLogin, of: string): string {
  return `${loginRole(role)} IN ROLE ${name(of)}`;
}

function loginRole({ user, password }: RoleLogin): string {
  return `CREATE ROLE ${name(user)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${text(password)}`;
}

/** Without it every role may look into the databases that come with a server. */
export function closeOtherDatabases(): string {
  return 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC';
}

/** An empty database that sorts by code point in UTF-8, whatever the server was set up with. */
export function createTemplate(plan: CopyPlan, traits: ServerTraits): string {
  return `${copyDatabase(plan, 'template0')} ENCODING 'UTF8' ${localeOf(traits)}`;
}

/** Nobody may be connected to a database that is copied. */
export function closeTemplate(database: string): string {
  return `ALTER DATABASE ${name(database)} ALLOW_CONNECTIONS false`;
}

export function copyDatabase({ database, owner, strategy }: CopyPlan, template: string): string {
  const how = strategy === undefined ? '' : ` STRATEGY ${strategy}`;
  return `CREATE DATABASE ${name(database)} OWNER ${name(owner)} TEMPLATE ${name(template)}${how}`;
}

/** Settings that a template does not pass on; the app may still choose others in its sessions. */
export function settleDatabase(database: string): string {
  return `ALTER DATABASE ${name(database)} SET timezone TO 'UTC'`;
}

/** Schemas and extensions of its own; whose database it is may settle what its sessions are, and the grader's. */
export function letInto(database: string, user: string): string {
  return `GRANT ALL ON DATABASE ${name(database)} TO ${name(user)}`;
}

/** In the database that one is connected to. */
export function giveSchema(user: string): string {
  return `ALTER SCHEMA public OWNER TO ${name(user)}`;
}

export function commentOnDatabase(database: string, comment: string): string {
  return `COMMENT ON DATABASE ${name(database)} IS ${text(comment)}`;
}

/** Ends every session in it first; Postgres 13 and newer. */
export function dropDatabase(database: string): string {
  return `DROP DATABASE IF EXISTS ${name(database)} WITH (FORCE)`;
}

function localeOf({ version, ctype }: ServerTraits): string {
  if (version >= 170_000) return `LOCALE_PROVIDER builtin LOCALE 'C' BUILTIN_LOCALE 'C.UTF-8'`;
  const provider = version >= 150_000 ? 'LOCALE_PROVIDER libc ' : '';
  return `${provider}LC_COLLATE 'C' LC_CTYPE ${text(ctype)}`;
}
