import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this machine lacks a Redis to talk to. */
export const noRedis = spawnSync('redis-server', ['--version']).status !== 0;

export const titled = (title: string) =>
  noRedis ? `${title} (skipped: redis-server does not run here)` : title;

export interface RedisServer {
  /** Its Unix socket. */
  readonly path: string;
  stop(): Promise<void>;
}

/** A real Redis that keeps nothing. */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const root = await mkdtemp(join(tmpdir(), 'labs-redis-'));
  const path = join(root, 'socket');
  const flags = ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...flags, ...settings], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('eady to accept connections')) resolve();
    });
    exited.then(() => reject(new Error(`redis did not start:\n${log}`)), reject);
  });
  return {
    path,
    async stop() {
      server.kill('SIGTERM');
      await exited;
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Says bytes, and hears bytes. */
export class RawRedis {
  readonly socket: Socket;
  #heard = '';

  static async connect(to: { path: string } | { host: string; port: number }): Promise<RawRedis> {
    const client = new RawRedis(connect(to));
    await once(client.socket, 'connect');
    return client;
  }

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {}).setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#heard += text;
    });
  }

  /** Inline commands, all in one write. */
  lines(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** All that was heard up to and with this text; the next time, what comes after it. */
  async until(text: string): Promise<string> {
    let searched = 0;
    for (;;) {
      const at = this.#heard.indexOf(text, searched);
      searched = Math.max(0, this.#heard.length - text.length);
      if (at >= 0) {
        const found = this.#heard.slice(0, at + text.length);
        this.#heard = this.#heard.slice(at + text.length);
        return found;
      }
      if (this.socket.closed) throw new Error(`closed before ${text}; heard ${this.#heard}`);
      await new Promise<void>((resolve) => {
        const more = () => {
          this.socket.off('data', more).off('close', more);
          resolve();
        };
        this.socket.on('data', more).on('close', more);
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A command as clients send it: an array of bulk strings. */
export function command(...words: (string | Buffer)[]): Buffer {
  const parts = words.flatMap((word) => {
    const bytes = Buffer.from(word);
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')];
  });
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}
