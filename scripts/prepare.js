// Runs after `npm ci`: builds, and makes `npx labs` work below this checkout. Plain JavaScript, since
// the Node.js that npm itself runs with may be too old for the rest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  '..',
);
const bin = path.join(root, 'node_modules', '.bin');
const tsc = path.join(bin, 'tsc');

// npm links the commands of dependencies, not a package's own: `npx labs` in a workspace below the
// checkout looks for it here.
if (process.platform !== 'win32') {
  mkdirSync(bin, { recursive: true });
  rmSync(path.join(bin, 'labs'), { force: true });
  symlinkSync('../../bin/labs.js', path.join(bin, 'labs'));
}

if (existsSync(tsc)) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
