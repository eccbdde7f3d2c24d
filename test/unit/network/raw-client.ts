import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  /** The letter of its type. */
  readonly type: string;
  readonly body: Buffer;
}

/** Speaks PostgreSQL's protocol message by message, for what drivers never say. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);

  static async connect(to: { host: string; port: number }): Promise<RawClient> {
    const client = new RawClient(connect({ ...to, noDelay: true }));
    await once(client.socket, 'connect');
    client.send(startup());
    await client.until('Z');
    return client;
  }

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
  }

  send(...messages: Buffer[]): void {
    this.socket.write(Buffer.concat(messages));
  }

  /** The letters of the answers up to and including the first of this type. */
  async until(type: string): Promise<string> {
    let letters = '';
    for (;;) {
      const answer = await this.#next();
      letters += answer.type;
      if (answer.type === type) return letters;
    }
  }

  async #next(): Promise<Answer> {
    for (;;) {
      const length = this.#received.length < 5 ? Infinity : 1 + this.#received.readInt32BE(1);
      if (this.#received.length >= length) {
        const message = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return { type: message.toString('latin1', 0, 1), body: message.subarray(5) };
      }
      if (this.socket.closed) throw new Error('the connection is closed');
      await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const more = () => {
        this.socket.off('data', more).off('close', more);
        resolve();
      };
      this.socket.on('data', more).on('close', more);
    });
  }

  end(): void {
    this.socket.end(message('X'));
  }
}

export function startup(parameters: Record<string, string> = {}): Buffer {
  const pairs = Object.entries({ user: 'postgres', database: 'postgres', ...parameters });
  const body = Buffer.concat([int32(196_608), ...pairs.flat().map(text), Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

export function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

export const query = (sql: string) => message('Q', text(sql));
export const parse = (sql: string, name = '') => message('P', text(name), text(sql), int16(0));
export const bind = (statement = '', portal = '') =>
  message('B', text(portal), text(statement), int16(0), int16(0), int16(0));
export const describe = (kind: 'S' | 'P', name = '') => message('D', Buffer.from(kind), text(name));
export const execute = (portal = '', rows = 0) => message('E', text(portal), int32(rows));
export const close = (kind: 'S' | 'P', name = '') => message('C', Buffer.from(kind), text(name));
export const sync = () => message('S');
export const flush = () => message('H');
export const copyData = (data: string) => message('d', Buffer.from(data));
export const copyDone = () => message('c');
export const copyFail = (why: string) => message('f', text(why));
export const text = (value: string) => Buffer.from(`${value}\0`);

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
