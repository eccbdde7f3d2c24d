import { createServer, type Server, type Socket } from 'node:net';
import { type Hold, holdAnyPort } from './hold.ts';

const TRIES = 100;

/** A listener that can be shut, so that clients are refused, and opened on the same port again. */
export class Door {
  readonly #host: string;
  readonly #admit: (client: Socket) => void;
  #server: Server | undefined;
  #opening: Promise<void> = Promise.resolve();
  #port = 0;
  #hold: Hold | undefined;

  /** @param admit Gets each accepted socket: paused, half-open allowed, without Nagle's delay. */
  constructor(host: string, admit: (client: Socket) => void) {
    this.#host = host;
    this.#admit = admit;
  }

  get port(): number {
    return this.#port;
  }

  /** Rejects with the error of `listen`. */
  openAt(port: number): Promise<void> {
    this.#port = port;
    return this.open();
  }

  /**
   * Chooses a free port, and keeps it until `close`.
   * @param random A number in [0, 1), as of `Math.random`.
   */
  async openAnywhere(random: () => number = Math.random): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.#hold = await holdAnyPort(random);
      this.#port = this.#hold.port;
      try {
        return await this.open();
      } catch (error) {
        this.close();
        if (!isPortTaken(error) || tries === TRIES) throw error;
      }
    }
  }

  /** Resolves once connections are accepted, or the door was shut meanwhile. Rejects with the error of `listen`. */
  open(): Promise<void> {
    if (this.#server === undefined) {
      const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
      server.on('connection', (client) => {
        if (this.#server === server) this.#admit(client);
        else client.resetAndDestroy();
      });
      this.#server = server;
      // One that was shut while it was about to listen still has the port.
      const before = this.#opening.catch(() => {});
      this.#opening = before.then(() => this.#listen(server));
    }
    return this.#opening;
  }

  /** From here on connections are refused; those that were admitted live on. */
  shut(): void {
    const server = this.#server;
    this.#server = undefined;
    if (server?.listening) server.close();
  }

  /** As `shut`, and for good: another may have the port. */
  close(): void {
    this.shut();
    this.#hold?.release();
    this.#hold = undefined;
  }

  #listen(server: Server): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#server !== server) return resolve();
      server.once('error', (error) => {
        if (this.#server === server) this.#server = undefined;
        reject(error);
      });
      // Shut before it could say that it listens.
      server.once('close', resolve);
      server.listen({ host: this.#host, port: this.#port }, () => {
        // A failing accept (out of descriptors) is the client's to notice.
        server.on('error', () => {});
        // Shut while it was still about to listen: only now there is something to close.
        if (this.#server !== server) server.close();
        resolve();
      });
    });
  }
}

function isPortTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
