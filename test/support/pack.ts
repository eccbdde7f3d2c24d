import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './cli.ts';

/** A copy of the built-in pack whose labs wait `seconds` for an app to be ready, not thirty. */
export function impatientPack(directory: string, seconds: number): string {
  mkdirSync(directory, { recursive: true });
  for (const name of ['package.json', 'labs', 'templates'])
    cpSync(path.join(root, name), path.join(directory, name), { recursive: true });
  const file = path.join(directory, 'labs', 'crud-api', 'lab.yaml');
  const manifest = readFileSync(file, 'utf8');
  writeFileSync(file, manifest.replace('deadlines:\n', `deadlines:\n  ready: ${seconds}\n`));
  return directory;
}
