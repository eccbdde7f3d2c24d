import { DatabaseError, Pool } from 'pg';
import { bug, environmentError, messageOf } from '../../core/errors.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { PostgresDatabase, PostgresLogin, PostgresServer, ServerAddress } from '../port.ts';
import { clientConfig, withClient } from './connection.ts';
import { APP_CONNECTIONS } from './settings.ts';
import * as sql from './sql.ts';

export interface LabServerPlan {
  /** Of the role that makes databases, in a database that every server has. */
  admin: PostgresLogin;
  address: ServerAddress;
  /** The app's; made first unless it is the one that makes databases. */
  role: sql.RoleLogin;
  /** The grader's, likewise; it may do what the app's may. */
  grader: sql.RoleLogin;
  schema: string;
  /** A name for a new database; never the same twice. */
  nextName(): string;
  /** Goes with every database. */
  comment?: string;
  /** Undefined: the server's own. Servers before 15 have no choice. */
  strategy: sql.CopyStrategy | undefined;
  /** The oldest that will do, as `server_version_num`. */
  oldest?: number;
}

/** What a server's databases need, whoever runs it: a role, a template, and copies of it. */
export class LabServer implements AsyncDisposable {
  readonly #plan: LabServerPlan;
  readonly #admin: Pool;
  readonly #databases = new Set<string>();
  #closed = false;

  /** Opens nothing yet. */
  constructor(plan: LabServerPlan) {
    this.#plan = plan;
    // One connection: statements follow each other, and no copy meets another of the same template.
    this.#admin = new Pool({ ...clientConfig(plan.admin), max: 1, idleTimeoutMillis: 0 });
    this.#admin.on('error', () => {});
  }

  /**
   * Makes the role and the template, with the lab's schema in it.
   * @throws {LabsError} `bug`: the schema does not apply
   */
  async prepare(signal: AbortSignal): Promise<PostgresServer> {
    const { address, role, grader, admin } = this.#plan;
    const { traits, text } = await orAbort(this.#traits(), signal);
    if (this.#hasRoles) {
      await orAbort(this.#run(sql.createRole(role, APP_CONNECTIONS)), signal);
      await orAbort(this.#run(sql.createMember(grader, role.user)), signal);
      await orAbort(this.#run(sql.closeOtherDatabases()), signal);
    }
    const strategy = traits.version >= 150_000 ? this.#plan.strategy : undefined;
    const template = await orAbort(this.#createTemplate(traits, strategy), signal);
    return {
      version: `PostgreSQL ${text}`,
      address,
      role,
      admin,
      createDatabase: () => this.#createDatabase(template, strategy),
    };
  }

  /** Whether app and grader have roles of their own, beside the one that makes databases. */
  get #hasRoles(): boolean {
    return this.#plan.role.user !== this.#plan.admin.user;
  }

  /** Removes every database that it made. */
  async dropAll(): Promise<void> {
    for (const database of [...this.#databases].reverse()) await this.#drop(database);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#admin.end();
  }

  async #traits(): Promise<{ traits: sql.ServerTraits; text: string }> {
    const { rows } = await this.#admin.query<{ number: string; text: string; ctype: string }>(
      `SELECT current_setting('server_version_num') AS number,
              split_part(current_setting('server_version'), ' ', 1) AS text,
              CASE pg_encoding_to_char(encoding) WHEN 'UTF8' THEN datctype ELSE 'C' END AS ctype
         FROM pg_database WHERE datname = 'template1'`,
    );
    const { number, text, ctype } = rows[0] ?? { number: '0', text: 'unknown', ctype: 'C' };
    const version = Number(number);
    if (version < (this.#plan.oldest ?? 0)) {
      throw environmentError(`The server is PostgreSQL ${text}; labs needs 13 or newer.`, {
        hint: 'Name a newer server, or leave --service out to have one started.',
      });
    }
    return { traits: { version, ctype }, text };
  }

  async #createTemplate(
    traits: sql.ServerTraits,
    strategy: sql.CopyPlan['strategy'],
  ): Promise<string> {
    const { admin, role, schema } = this.#plan;
    const template = await this.#create((database) =>
      sql.createTemplate({ database, owner: admin.user, strategy }, traits),
    );
    if (this.#hasRoles) {
      await this.#run(sql.letInto(template, role.user));
      await withClient({ ...admin, database: template }, (client) =>
        client.query(sql.giveSchema(role.user)),
      );
    }
    if (schema.trim() !== '') {
      await withClient({ ...admin, ...role, database: template }, async (client) => {
        await client.query(schema).catch((error: unknown) => {
          throw schemaError(schema, error);
        });
      });
    }
    await this.#run(sql.closeTemplate(template));
    return template;
  }

  async #createDatabase(
    template: string,
    strategy: sql.CopyPlan['strategy'],
  ): Promise<PostgresDatabase> {
    const { admin, role, grader } = this.#plan;
    const name = await this.#create((database) =>
      sql.copyDatabase({ database, owner: admin.user, strategy }, template),
    );
    await this.#run(sql.settleDatabase(name));
    if (this.#hasRoles) await this.#run(sql.letInto(name, role.user));
    return {
      name,
      grader: { ...admin, ...grader, database: name },
      drop: () => this.#drop(name),
    };
  }

  async #create(statement: (name: string) => string): Promise<string> {
    const { nextName, comment } = this.#plan;
    const name = nextName();
    // Before it is there: an interruption must not hide it from dropAll.
    this.#databases.add(name);
    await this.#run(statement(name));
    if (comment !== undefined) await this.#run(sql.commentOnDatabase(name, comment));
    return name;
  }

  async #drop(database: string): Promise<void> {
    // The server may have gone with all its databases.
    if (this.#closed || !this.#databases.has(database)) return;
    await this.#run(sql.dropDatabase(database));
    this.#databases.delete(database);
  }

  async #run(statement: string): Promise<void> {
    try {
      await this.#admin.query(statement);
    } catch (error) {
      // The statement may hold a password; its first three words do not.
      const what = statement.split(' ').slice(0, 3).join(' ');
      const answered = error instanceof DatabaseError;
      const how = answered ? 'refused' : 'did not answer';
      throw environmentError(`Postgres ${how} ${what}: ${messageOf(error)}.`, {
        detail: answered ? error.detail : undefined,
        cause: error,
      });
    }
  }
}

function schemaError(schema: string, error: unknown): Error {
  if (!(error instanceof DatabaseError)) {
    return environmentError(
      `Postgres went away while the lab's schema was applied: ${messageOf(error)}.`,
      {
        cause: error,
      },
    );
  }
  const before = schema.slice(0, Number(error.position ?? 1) - 1);
  const line = before.split('\n').length;
  return bug(`The lab's schema does not apply: ${error.message}.`, {
    detail: `line ${line}: ${schema.split('\n')[line - 1]?.trim() ?? ''}`,
    cause: error,
  });
}
