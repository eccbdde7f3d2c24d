export type Output = 'stdout' | 'stderr';

const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * Tells what a container wrote to its outputs, wherever the chunks begin and end: hands on each part as
 * it comes, and keeps none. What does not begin as frames do is handed on as it is.
 *
 * Docker Engine API, "Attach to a container", section "Stream format": each frame has a header of eight
 * bytes: the stream, three zeros, the length in big endian.
 */
export function demultiplexer(
  onPart: (part: Buffer, output: Output) => void,
): (chunk: Buffer) => void {
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  /** Bytes of the frame still to come. */
  let missing = 0;
  let isRaw = false;

  // A loop, for a chunk may hold thousands of frames.
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (isRaw) {
        onPart(chunk.subarray(at), 'stdout');
        return;
      }
      if (missing === 0) {
        const copied = chunk.copy(header, headerBytes, at);
        at += copied;
        headerBytes += copied;
        if (headerBytes < HEADER_BYTES) return;
        headerBytes = 0;
        missing = header.readUInt32BE(4);
        isRaw = (header[0] as number) > STDERR;
        if (isRaw) onPart(Buffer.from(header), 'stdout');
        continue;
      }
      const part = chunk.subarray(at, at + missing);
      at += part.length;
      missing -= part.length;
      onPart(part, header[0] === STDERR ? 'stderr' : 'stdout');
    }
  };
}
