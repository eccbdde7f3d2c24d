import { expect, test } from 'vitest';
import { demultiplexer } from '../../../src/docker/demultiplex.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

const frame = (stream: number, text: string) => {
  const content = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
};

function read(chunks: readonly Buffer[]): { stdout: string; stderr: string } {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const push = demultiplexer((part, output) => parts[output].push(Buffer.from(part)));
  for (const chunk of chunks) push(chunk);
  return {
    stdout: Buffer.concat(parts.stdout).toString(),
    stderr: Buffer.concat(parts.stderr).toString(),
  };
}

test('frames are told apart wherever their chunks begin and end', () => {
  const all = Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, ''), frame(1, 'püt')]);
  for (let size = 1; size <= all.length; size++) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < all.length; at += size) chunks.push(all.subarray(at, at + size));
    expect(read(chunks)).toEqual({ stdout: 'outpüt', stderr: 'err' });
  }
});

test('a chunk may hold any number of frames', () => {
  const chunk = Buffer.concat(Array<Buffer>(100_000).fill(frame(1, 'x')));
  const ms = cpuTimeOf(() => expect(read([chunk]).stdout).toHaveLength(100_000));
  expect(ms).toBeLessThan(1_000);
});

test('what has no frames is passed on as it is', () => {
  const text = 'a terminal’s output, and more';
  expect(read([Buffer.from(text), Buffer.from(text)])).toEqual({ stdout: text + text, stderr: '' });
});
