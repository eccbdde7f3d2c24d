import type { Resource } from '../core/resource.ts';

/** Where services run: in containers, as processes of this machine, or where the user says. */
export type ProviderKind = 'docker' | 'local' | 'external';

/** Starts backing servers. One instance serves one run. */
export interface ServiceProvider {
  readonly kind: ProviderKind;
  postgres(request: PostgresRequest): Resource<PostgresServer>;
  redis(request: RedisRequest): Resource<RedisServer>;
}

export interface PostgresRequest {
  /** Major version that the lab was written for; `local` and `external` may run another. */
  version: string;
  /** SQL, applied once to the template of all databases, as the app's role. */
  schema: string;
}

/** A server that accepts connections and holds the lab's template database. */
export interface PostgresServer {
  /** For people and the fingerprint: `PostgreSQL 18.4`. */
  readonly version: string;
  /** Where the proxy connects. */
  readonly address: ServerAddress;
  /** Of the app: owns what is in its databases, is no superuser where we may choose. */
  readonly role: { user: string; password: string };
  /** Of the role that makes databases, in one where the app has no say; a superuser where we may choose. */
  readonly admin: PostgresLogin;
  /** A database of its own, copied from the template, for the app's role. */
  createDatabase(): Promise<PostgresDatabase>;
}

export interface PostgresDatabase {
  readonly name: string;
  /**
   * For the grader's own queries, past the proxy. Functions, triggers and rules that the app has put
   * behind its tables run with the rights of whoever asks: it is never one with more than the app's.
   */
  readonly grader: PostgresLogin;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** What `pg` takes; `host` is a directory where the server listens on a Unix socket. */
export interface PostgresLogin {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl?: { rejectUnauthorized: boolean };
}

export interface RedisRequest {
  /** Version that the lab was written for; `local` and `external` may run another. */
  version: string;
  /** Whether what was answered is there again after `kill` and `start`. */
  durable: boolean;
}

/** What gives out empty Redis databases. */
export interface RedisServer {
  /** For people and the fingerprint: `Redis 7.0.15`. */
  readonly version: string;
  /** One of its own, and a server of its own where we start them: what is done there harms nobody. */
  createDatabase(): Promise<RedisDatabase>;
}

export interface RedisDatabase {
  /** Where the proxy connects. */
  readonly address: ServerAddress;
  /** Number of the logical database: 0 on a server of its own. */
  readonly number: number;
  /** Of the app: it may do with its data what it likes, and nothing to the server. */
  readonly role: { user: string; password: string };
  /** For the grader's own commands, past the proxy. */
  readonly admin: RedisLogin;
  /** Undefined where the server is the user's. */
  readonly server?: ServerControl;
  /** Removes it, with all in it; a server of its own may end a moment later. */
  drop(): Promise<void>;
}

/** A server that may crash and come back. */
export interface ServerControl {
  /** As a crash: SIGKILL. Settles when nothing answers any more. */
  kill(): Promise<void>;
  /** On the same address, for the same users. Settles when it answers; at once where it runs. */
  start(): Promise<void>;
}

/** What a client of Redis needs to know. */
export interface RedisLogin {
  address: ServerAddress;
  /** Undefined: the server's default one. */
  user: string | undefined;
  password: string | undefined;
  number: number;
}

export type ServerAddress =
  | { host: string; port: number; tls?: { rejectUnauthorized: boolean } }
  | { path: string };
