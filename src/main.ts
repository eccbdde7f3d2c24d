import { enableCompileCache } from 'node:module';
import { runCli } from './cli/program.ts';
import { renderError } from './cli/render-error.ts';
import { createHost } from './platform/node-host.ts';

/** What a command may take to end after a fault; to take down what it made takes a minute at most. */
const END_MS = 90_000;

enableCompileCache();
const host = createHost(process);
let fault: number | undefined;
// A fault that no command catches may leave processes and containers behind: they are taken down as after SIGTERM.
process.on('uncaughtException', (error) => {
  if (fault !== undefined || host.signal.aborted) return;
  fault = renderError(error, host);
  host.stop();
  setTimeout(() => process.exit(fault), END_MS).unref();
});
const code = await runCli(process.argv.slice(2), host);
await host.flush();
// Here alone: what is still open (a socket that a peer holds) must not keep a finished run.
process.exit(fault ?? code);
