// Usage: select-loads.ts <runs>. Prints which Docker libraries a choice of `auto` has loaded.
import { createRequire, registerHooks } from 'node:module';
import { createRunDirectory } from '../../../../src/platform/run-directory.ts';

const loaded: string[] = [];
registerHooks({
  resolve: (specifier, context, next) => {
    if (/^(dockerode|testcontainers)/.test(specifier)) loaded.push(specifier);
    return next(specifier, context);
  },
});
const { selectProvider } = await import('../../../../src/services/select.ts');
const runs = process.argv[2]!;
const run = await createRunDirectory(runs);
await selectProvider({
  kind: 'auto',
  urls: {},
  services: { postgres: { version: '17', variable: 'DATABASE_URL' } },
  host: {
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    isRoot: false,
    directories: { cache: runs, runs, state: '', package: '' },
  },
  run,
  isDead: async () => false,
});
const cached = Object.keys(createRequire(import.meta.url).cache);
loaded.push(...cached.filter((file) => /node_modules\/(dockerode|testcontainers)\//.test(file)));
process.stdout.write(JSON.stringify(loaded));
