import { createServer, type Server, type Socket } from 'node:net';
import { ephemeralPorts, listeningPort } from './ports.ts';

const TRIES = 100;

/** A listener that can be shut, so that clients are refused, and opened on the same port again. */
export class Door {
  readonly #host: string;
  readonly #admit: (client: Socket) => void;
  #server: Server | undefined;
  #opening: Promise<void> = Promise.resolve();
  #port = 0;

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

  /** Chooses a free port. */
  async openAnywhere(): Promise<void> {
    const ephemeral = await ephemeralPorts();
    for (let tries = 1; ; tries++) {
      this.#port = listeningPort(ephemeral);
      try {
        return await this.open();
      } catch (error) {
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
      this.#opening = this.#listen(server);
    }
    return this.#opening;
  }

  /** From here on connections are refused; those that were admitted live on. */
  shut(): void {
    const server = this.#server;
    this.#server = undefined;
    if (server?.listening) server.close();
  }

  #listen(server: Server): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', (error) => {
        if (this.#server === server) this.#server = undefined;
        reject(error);
      });
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
