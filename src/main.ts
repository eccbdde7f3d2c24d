import { enableCompileCache } from 'node:module';
import { runCli } from './cli/program.ts';
import { createHost } from './platform/node-host.ts';

enableCompileCache();
const host = createHost(process);
const code = await runCli(process.argv.slice(2), host);
await host.flush();
// Here alone: what is still open (a socket that a peer holds) must not keep a finished run.
process.exit(code);
