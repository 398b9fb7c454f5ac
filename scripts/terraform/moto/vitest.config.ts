import { defineConfig } from 'vitest/config'

/** The contract suite on moto's table, which takes 5 to 25 ms a request: see contract.ts. */
export default defineConfig({
  test: {
    include: ['scripts/terraform/moto/contract.moto.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
})
