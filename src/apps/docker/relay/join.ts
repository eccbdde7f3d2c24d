import { constants, type Http2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Makes a stream and a TCP connection one: FIN goes with END_STREAM and RST with RST_STREAM, in both
 * directions (RFC 9113, section 8.5). Both must allow half-open.
 */
export function join(stream: Http2Stream & Duplex, socket: Socket): void {
  stream.on('error', () => {});
  socket.on('error', () => {});
  socket.on('close', (broken) => {
    if (broken) stream.close(constants.NGHTTP2_CONNECT_ERROR);
  });
  stream.on('close', () => {
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) socket.resetAndDestroy();
  });
  stream.pipe(socket);
  socket.pipe(stream);
}
