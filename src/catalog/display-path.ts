import path from 'node:path';

/** A path as messages show it: from `cwd` where that is shorter, otherwise absolute. */
export function displayPath(file: string, cwd = process.cwd()): string {
  const absolute = path.resolve(cwd, file);
  const relative = path.relative(cwd, absolute);
  return relative !== '' && relative.length < absolute.length ? relative : absolute;
}
