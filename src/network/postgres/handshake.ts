import { once } from 'node:events';
import type { Socket } from 'node:net';
import { ProtocolError } from '../protocol-error.ts';
import type { Handshake, HandshakeStep } from '../tap.ts';
import { Server } from './messages.ts';

/**
 * The codes that stand where a first message has its protocol version. PostgreSQL
 * documentation, "Frontend/Backend Protocol", section "Message Formats".
 */
export const Startup = { cancel: 80_877_102, tls: 80_877_103, gss: 80_877_104 } as const;

const REQUEST_BYTES = 8;
const REFUSED = Buffer.from('N');
const PLUS = Buffer.from('SCRAM-SHA-256-PLUS\0');
const SASL = 10;
const FIRST_MESSAGE_LIMIT = 10_000;

/**
 * Refuses encryption in the server's name, so that what follows can be read: once for TLS and once for
 * GSSAPI, as a server does. What asks again is passed on.
 */
export function refuseEncryption(): Handshake {
  const open = new Set<number>([Startup.tls, Startup.gss]);
  return (bytes) => {
    if (bytes.length < REQUEST_BYTES) return { take: 0, done: false };
    const asks = bytes.readInt32BE(0) === REQUEST_BYTES && open.delete(bytes.readInt32BE(4));
    if (!asks) return { take: 0, done: true };
    return { take: REQUEST_BYTES, reply: REFUSED, done: false };
  };
}

/**
 * Takes SCRAM-SHA-256-PLUS out of what a server under TLS offers. It binds the login
 * to the TLS connection, which ends here; and libpq gives up on hearing the offer
 * without TLS of its own.
 */
export const withoutChannelBinding: Handshake = (bytes): HandshakeStep => {
  // No message of a server that comes first is shorter.
  if (bytes.length < 9) return { take: 0, done: false };
  const end = 1 + bytes.readInt32BE(1);
  if (end < 9 || end > FIRST_MESSAGE_LIMIT) return { take: 0, done: true };
  if (bytes.length < end) return { take: 0, done: false };
  const message = bytes.subarray(0, end);
  if (message[0] === Server.negotiateProtocolVersion) {
    return { take: end, forward: message, done: false };
  }
  const at = message.indexOf(PLUS);
  const offersIt = message[0] === Server.authentication && message.readInt32BE(5) === SASL;
  if (!offersIt || at < 0) return { take: 0, done: true };
  const forward = Buffer.concat([message.subarray(0, at), message.subarray(at + PLUS.length)]);
  forward.writeInt32BE(forward.length - 1, 1);
  return { take: end, forward, done: true };
};

/**
 * Section "SSL Session Encryption": an SSLRequest is answered by a single byte.
 * Rejects where that is not 'S', or the connection ends before.
 */
export async function requestTls(socket: Socket): Promise<void> {
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeInt32BE(REQUEST_BYTES, 0);
  request.writeInt32BE(Startup.tls, 4);
  socket.write(request);
  await once(socket, 'readable');
  // One byte and no more: the next ones are TLS's already. None is the end of the connection.
  const answer = socket.read(1) as Buffer | null;
  if (answer?.toString('latin1') !== 'S') throw new ProtocolError('the server does not speak TLS');
}
