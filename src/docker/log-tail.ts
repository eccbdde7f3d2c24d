import type Docker from 'dockerode';

const LINES = 20;

/** The last lines of a container's log, for people; undefined where there are none to be had. */
export async function logTail(container: Docker.Container): Promise<string | undefined> {
  return (await containerLog(container, LINES)).trim() || undefined;
}

/** All that a container wrote, or its last lines; empty where it cannot be had. */
export async function containerLog(container: Docker.Container, lines?: number): Promise<string> {
  const tail = lines === undefined ? {} : { tail: lines };
  const options = { stdout: true, stderr: true, ...tail };
  return demultiplex(await container.logs(options).catch(() => Buffer.alloc(0)));
}

/** Each frame has a header of eight bytes: the stream, three zeros, the length in big endian. */
function demultiplex(frames: Buffer): string {
  let text = '';
  for (let at = 0; at + 8 <= frames.length; ) {
    const end = at + 8 + frames.readUInt32BE(at + 4);
    text += frames.toString('utf8', at + 8, end);
    at = end;
  }
  return text;
}
