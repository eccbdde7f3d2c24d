import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The graders import the kit by the package's name: from its source here, not from what was built.
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/solutions/**', 'test/mutants/**', 'test/fixtures/**'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
