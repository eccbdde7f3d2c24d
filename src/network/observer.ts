import type { Handshake, Tap } from './tap.ts';

type Send = (bytes: Buffer) => void;

/** Keeps a tap to its contract: it may deal with the handshake, then look on; its errors end nothing. */
export class Observer {
  /** Takes the bytes of the client; returns what to pass on to the server. */
  readonly fromClient: (chunk: Buffer, reply: Send) => Buffer;
  /** Takes the bytes of the server; returns what to pass on to the client. */
  readonly fromUpstream: (chunk: Buffer, reply: Send) => Buffer;
  readonly #tap: Tap;
  #watching = true;

  constructor(tap: Tap) {
    this.#tap = tap;
    this.fromClient = this.#direction(tap.clientHandshake, (chunk) => tap.fromClient(chunk));
    this.fromUpstream = this.#direction(tap.upstreamHandshake, (chunk) => tap.fromUpstream(chunk));
  }

  ended(cause?: unknown): void {
    if (!this.#watching) return;
    this.#watching = false;
    try {
      this.#tap.ended(cause);
    } catch {
      // It has been told; there is nobody else to tell.
    }
  }

  #direction(handshake: Handshake | undefined, watch: Send) {
    let shake = handshake;
    let withheld: Buffer = Buffer.alloc(0);
    return (chunk: Buffer, reply: Send): Buffer => {
      let passing = chunk;
      if (shake) {
        let rest = Buffer.concat([withheld, chunk]);
        const forward: Buffer[] = [];
        while (shake) {
          const step = this.#attempt(() => shake?.(rest));
          rest = rest.subarray(step?.take ?? 0);
          if (step?.forward) forward.push(step.forward);
          if (step?.reply) reply(step.reply);
          if (step === undefined || step.done) shake = undefined;
          else if (step.take === 0) break;
        }
        withheld = rest;
        passing = Buffer.concat(shake ? forward : [...forward, rest]);
      }
      if (passing.length > 0) this.#see(watch, passing);
      return passing;
    };
  }

  #see(watch: Send, passing: Buffer): void {
    if (this.#watching) this.#attempt(() => watch(passing));
    else this.#tap.unread?.();
  }

  #attempt<T>(action: () => T): T | undefined {
    if (!this.#watching) return undefined;
    try {
      return action();
    } catch (error) {
      this.ended(error);
      return undefined;
    }
  }
}
