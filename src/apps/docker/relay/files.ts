import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = 'program';
/** The program imports no more than these. */
const FILES = [PROGRAM, 'join', 'wire'];

/** What is copied into the relay's container; TypeScript in a checkout, which Node.js runs as it is. */
export async function relayFiles(): Promise<{ path: string; content: Buffer }[]> {
  const extension = path.extname(import.meta.filename);
  const names = FILES.map((name) => `${name}${extension}`);
  const contents = await Promise.all(
    names.map((name) => readFile(fileURLToPath(new URL(name, import.meta.url)))),
  );
  return names.map((name, index) => ({ path: name, content: contents[index]! }));
}

export function relayProgram(directory: string): string {
  return `${directory}/${PROGRAM}${path.extname(import.meta.filename)}`;
}
