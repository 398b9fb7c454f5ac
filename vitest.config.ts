import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{test,packages/*/test}/**/*.test.ts'],
    pool: 'forks',
    // Most tests wait for processes and databases, so two at a time even on two cores.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/postgres-global.ts'],
  },
})
