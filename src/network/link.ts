import type { Socket } from 'node:net';
import { type Conditions, Flow } from './flow.ts';
import { Observer } from './observer.ts';
import type { Tap } from './tap.ts';

/** A client's connection, and the one to the server that is made for it. */
export class Link {
  readonly #client: Socket;
  readonly #observer: Observer;
  readonly #conditions: Conditions;
  readonly #closed: () => void;
  readonly #dialling = new AbortController();
  #upstream: Socket | undefined;
  #flows: readonly Flow[] = [];

  /**
   * @param client A paused socket.
   * @param closed Called once, when both sides are closed.
   */
  constructor(client: Socket, tap: Tap, conditions: Conditions, closed: () => void) {
    this.#client = client;
    this.#observer = new Observer(tap);
    this.#conditions = conditions;
    this.#closed = closed;
    this.#watch(client, () => this.#dropUpstream());
  }

  /** Whether the client has a connection, for all it knows. */
  get isOpen(): boolean {
    return !this.#client.destroyed;
  }

  /** Connects to the server; where that fails, the client is reset. */
  async connect(dial: (signal: AbortSignal) => Promise<Socket>): Promise<void> {
    const { signal } = this.#dialling;
    try {
      const upstream = await dial(signal);
      if (signal.aborted || this.#client.destroyed) upstream.destroy();
      else this.#join(upstream);
    } catch {
      if (!this.#conditions.blackhole) this.reset();
    }
  }

  /** Lets through what may pass now that the conditions have changed. */
  conditionsChanged(): void {
    for (const flow of this.#flows) flow.pump();
  }

  /** Ends both sides at once. The client receives RST. */
  reset(): void {
    // Stopped first, so that nothing held slips out between the two.
    for (const flow of this.#flows) flow.stop();
    this.#client.resetAndDestroy();
    this.#dropUpstream();
  }

  #join(upstream: Socket): void {
    const client = this.#client;
    this.#upstream = upstream;
    this.#watch(upstream, () => client.resetAndDestroy());
    const up = new Flow('upstream', client, upstream, this.#conditions, (chunk) =>
      this.#observer.fromClient(chunk, (reply) => down.send(reply)),
    );
    const down = new Flow('downstream', upstream, client, this.#conditions, (chunk) =>
      this.#observer.fromUpstream(chunk, (reply) => up.send(reply)),
    );
    this.#flows = [up, down];
  }

  #dropUpstream(): void {
    this.#dialling.abort();
    this.#upstream?.destroy();
  }

  /** An orderly end passes through the flows; a broken side breaks the other, unless nothing passes at all. */
  #watch(side: Socket, breakOther: () => void): void {
    side.on('error', () => {});
    side.on('close', (broken) => {
      if (broken && !this.#conditions.blackhole) breakOther();
      this.#settle();
    });
  }

  #settle(): void {
    if (!this.#client.destroyed || this.#upstream?.destroyed === false) return;
    for (const flow of this.#flows) flow.stop();
    this.#observer.ended();
    this.#closed();
  }
}
