import { defineConfig } from 'vitest/config'

/** The contract suite on a table of moto, which takes 5 to 25 ms per request: see contract.ts. */
export default defineConfig({
  test: {
    include: ['scripts/terraform/moto/contract.moto.ts'],
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
})
