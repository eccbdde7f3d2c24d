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
    // For hangs alone: a busy machine may hold up any process for seconds, time and again.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
