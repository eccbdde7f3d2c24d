import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../core/errors.ts';

/** Any of them says which images an archive has: Docker's, OCI's, that of old engines. */
const INDEXES = ['manifest.json', 'index.json', 'repositories'];

/** What is wrong with an archive of images, to follow its name; undefined where nothing is seen. */
export async function whatIsWrong(file: string): Promise<string | undefined> {
  try {
    return await readHeaders(await contentOf(file));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'Z_BUF_ERROR') return CUT;
    if (code?.startsWith('Z_')) return 'is damaged: it does not unzip';
    throw error;
  }
}

const CUT = 'is cut off: it ends in the middle';
const BLOCK = 512;

async function readHeaders(content: Readable): Promise<string | undefined> {
  const header = Buffer.alloc(BLOCK);
  const names: string[] = [];
  let filled = 0;
  let skip = 0;
  let total = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    total += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(skip > 0 ? skip : BLOCK - filled, chunk.length - at);
      if (skip > 0) skip -= taken;
      else filled += chunk.copy(header, filled, at, at + taken);
      at += taken;
      if (filled < BLOCK) continue;
      filled = 0;
      if (header.every((byte) => byte === 0))
        return INDEXES.some((name) => names.includes(name))
          ? undefined
          : 'is a tar archive, but not one of images';
      if (!isHeader(header)) return names.length === 0 ? 'is no tar archive' : 'is damaged';
      names.push(textAt(header, 0, 100));
      skip = Math.ceil(sizeIn(header) / BLOCK) * BLOCK;
    }
  }
  if (total === 0) return 'is empty';
  return names.length === 0 ? 'is no tar archive' : CUT;
}

/** POSIX ustar: the sum of its bytes, its own field taken as blanks. */
function isHeader(header: Buffer): boolean {
  const [from, to] = [148, 156];
  const sum = header.reduce((all, byte, at) => all + (at >= from && at < to ? 0x20 : byte), 0);
  return Number.parseInt(textAt(header, from, to), 8) === sum;
}

/** In octal; GNU's way in binary for what is longer than 8 GB, marked by its first bit. */
function sizeIn(header: Buffer): number {
  if (header[124]! < 0x80) return Number.parseInt(textAt(header, 124, 136), 8) || 0;
  return Number(header.readBigUInt64BE(128));
}

function textAt(header: Buffer, from: number, to: number): string {
  return header.toString('latin1', from, to).split('\0')[0]!.trim();
}

async function contentOf(file: string): Promise<Readable> {
  const content = createReadStream(file);
  if (!(await isGzip(file))) return content;
  return pipeline(content, createGunzip(), () => {});
}

async function isGzip(file: string): Promise<boolean> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
}
