import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import {
  Authority,
  ERROR_HEADER,
  type ListenerRow,
  Path,
  SESSION,
  SESSION_WINDOW_BYTES,
} from './wire.ts';

/** The relay's end with us: it reaches ports of the sandbox's network, and listens there. */
export class RelaySession {
  readonly #session: ClientHttp2Session;
  #lost: Error | undefined;
  readonly #gone = new AbortController();

  /** @param channel standard input and output of the program in the sandbox */
  constructor(channel: Socket) {
    this.#session = connect('http://relay', { ...SESSION, createConnection: () => channel });
    this.#session.on('error', (error) => {
      this.#lost ??= error;
    });
    this.#session.on('close', () => {
      this.#lost ??= new Error('its connection was closed');
      this.#gone.abort(this.#lost);
    });
  }

  /** Rejects if the program does not answer. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.#session.destroyed) throw this.#lost ?? new Error('its connection was closed');
    const closed = once(this.#session, 'close', { signal }).then(() => {
      throw this.#lost;
    });
    closed.catch(() => {});
    await Promise.race([once(this.#session, 'remoteSettings', { signal }), closed]);
    this.#session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  }

  /** Why there is no connection to the sandbox any more. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /** Aborted when there is none. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /**
   * Connects to a port of the sandbox. Rejects with the `code` of the error there.
   * @param onOpen takes the connection at once: what a stream that nobody reads has brought is lost
   *   when it ends
   */
  async dial(port: number, onOpen: (stream: ClientHttp2Stream) => void): Promise<void> {
    await this.#open({ ':method': 'CONNECT', ':authority': Authority.port(port) }, onOpen);
  }

  /**
   * Listens on a port of the sandbox until the returned function is called.
   * @param onAccepted gets each connection that is made to it
   */
  async listen(port: number, onAccepted: (stream: ClientHttp2Stream) => void): Promise<() => void> {
    const fetch = (id: string) => {
      const headers = { ':method': 'CONNECT', ':authority': Authority.accepted(id) };
      // It may be gone already.
      this.#open(headers, onAccepted).catch(() => {});
    };
    const stream = await this.#open({ ':method': 'GET', ':path': Path.listen(port) }, (opened) => {
      // It passes the errors of its stream on, and one that nobody hears ends the process.
      createInterface({ input: opened })
        .on('line', fetch)
        .on('error', () => {});
    });
    return () => stream.close();
  }

  async listeners(): Promise<ListenerRow[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let text = '';
    await this.#open({ ':method': 'GET', ':path': Path.listeners }, (opened) => {
      // Not by its async iterator, which takes the end of such a stream for a broken one.
      opened.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      opened.once('end', resolve).once('close', resolve);
    });
    await promise;
    return JSON.parse(text) as ListenerRow[];
  }

  close(): void {
    this.#session.destroy();
  }

  async #open(
    headers: Record<string, string>,
    onOpen: (stream: ClientHttp2Stream) => void,
  ): Promise<ClientHttp2Stream> {
    if (this.#session.destroyed) throw this.#lost ?? new Error('its connection was closed');
    const stream = this.#session.request(headers);
    stream.on('error', () => {});
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    stream.once('close', () => reject(codedError('ECONNRESET')));
    stream.once('response', (answer) => {
      if (answer[':status'] !== 200) {
        reject(codedError(String(answer[ERROR_HEADER])));
        return;
      }
      onOpen(stream);
      resolve();
    });
    await promise;
    return stream;
  }
}

function codedError(code: string): Error {
  return Object.assign(new Error(`the sandbox says ${code}`), { code });
}
