// Usage: start-and-stop.ts <cache> <runs>. Starts a server, asks it something, ends it.
import { mkdir } from 'node:fs/promises';
import { createRunDirectory } from '../../../../src/platform/run-directory.ts';
import { findPackage } from '../../../../src/services/local/package.ts';
import { createLocalProvider } from '../../../../src/services/local/provider.ts';
import { withClient } from '../../../../src/services/postgres/connection.ts';

const [cache, runs] = process.argv.slice(2) as [string, string];
await mkdir(runs, { recursive: true });
const run = await createRunDirectory(runs);
const provider = createLocalProvider({
  package: (await findPackage(process.platform, process.arch))!,
  platform: process.platform,
  directories: { cache },
  run,
  isRoot: process.getuid?.() === 0,
});
const resource = provider.postgres({ version: '17', schema: 'CREATE TABLE t (id int)' });
try {
  const server = await resource.setup({
    signal: AbortSignal.timeout(60_000),
    progress: (text) => process.stderr.write(`${text}\n`),
  });
  const database = await server.createDatabase();
  const { rows } = await withClient(database.grader, (client) =>
    client.query('SELECT count(*) FROM t'),
  );
  process.stdout.write(`${server.version}, ${rows[0].count} rows\n`);
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`);
} finally {
  await resource.teardown();
  await run.remove();
}
