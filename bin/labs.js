#!/usr/bin/env node
// Parsed by whatever Node.js the machine has: finds one that is new enough, and starts labs with it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = [22, 22];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) await start();
else startWithNewerNode();

async function start() {
  const source = process.execArgv.some((argument) => /conditions?=source$/.test(argument));
  const main = new URL(source ? '../src/main.ts' : '../dist/src/main.js', import.meta.url);
  if (existsSync(main)) await import(main.href);
  else
    fail(
      `labs is not built: run \`npm run build\` in ${path.dirname(fileURLToPath(new URL('.', import.meta.url)))}.`,
    );
}

function startWithNewerNode() {
  const node = bundledNode();
  if (node === undefined) {
    fail(
      `labs needs Node.js ${NEEDED.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org/en/download.`,
    );
    return;
  }
  // The channel tells the child if we are killed: it then cleans up and ends.
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // The terminal sends Ctrl-C to both of us; the child decides when to end.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => fail(`${node} cannot be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code ?? 1;
  });
}

/** The binary of the npm package `node`, which a checkout has as a development dependency. */
function bundledNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const binary = path.join(
      path.dirname(manifest),
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    );
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 3;
}
