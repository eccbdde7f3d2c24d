import type { Socket } from 'node:net';

/** What a tap wants done with the first bytes of a handshake. */
export interface HandshakeStep {
  /** How many of the bytes shown are dealt with; the others are shown again, with those that follow. */
  readonly take: number;
  /** Passed on in place of the bytes taken. */
  readonly forward?: Buffer;
  /** Sent back to where the bytes came from. */
  readonly reply?: Buffer;
  /** What was not taken is passed on as it is, and so is all that follows: the tap can only look. */
  readonly done: boolean;
}

/**
 * Decides on the bytes which one side has sent and nobody has dealt with yet. Taking
 * none without being done asks for more of them.
 */
export type Handshake = (bytes: Buffer) => HandshakeStep;

/**
 * Observes one connection. Each chunk is seen in order and before it is passed on:
 * whoever has received an answer can rely on the tap having seen it. A chunk is
 * lent: a tap copies what it keeps.
 *
 * A tap that throws is let go (`ended` gets what it threw); its connection goes on.
 */
export interface Tap {
  readonly clientHandshake?: Handshake;
  readonly upstreamHandshake?: Handshake;
  /** What is on its way to the server. */
  fromClient(chunk: Buffer): void;
  /** What is on its way to the client. */
  fromUpstream(chunk: Buffer): void;
  /** Called once, when no more will be seen. */
  ended(cause?: unknown): void;
  /** Called where a tap that was let go would have seen something. */
  unread?(): void;
}

export interface TapFactory {
  /** @param connection Counts from 1, in the order of acceptance. */
  open(connection: number): Tap;
  /**
   * Asks a server, in its own protocol, to speak TLS from here on. Without it, TLS
   * starts with the first byte. Must not read past the server's consent.
   */
  requestTls?(socket: Socket): Promise<void>;
}

/** A connection whose traffic could not be followed to its end: what it ran is not all known. */
export interface OpaqueConnection {
  readonly connection: number;
  readonly reason: string;
  /** Whether it is the client's own doing. */
  readonly byClient: boolean;
}
