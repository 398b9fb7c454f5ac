import { expect, test } from 'vitest'
import { descriptorLimit, divideDescriptors } from '../../src/run/descriptors.ts'

test('descriptors are left for the database, and a limit that is too low is reported', () => {
  expect(divideDescriptors(undefined, 10_000, 10)).toEqual({ maxConnections: 10_000 })
  expect(divideDescriptors(65_536, 10_000, 10)).toEqual({ maxConnections: 10_000 })
  expect(divideDescriptors(4096, 10_000, 100)).toEqual({ maxConnections: 3900 })
  expect(divideDescriptors(256, 10_000, 10)).toEqual({
    maxConnections: 150,
    warning: expect.stringContaining(
      'The limit of 256 file descriptors leaves 150 for connections',
    ),
  })
  expect(divideDescriptors(100, 10_000, 100).maxConnections).toBe(1)
  expect(divideDescriptors(256, 100, 10)).toEqual({ maxConnections: 100 })
})

test.skipIf(process.platform !== 'linux')('the limit of this process is known', async () => {
  expect(await descriptorLimit()).toBeGreaterThan(0)
})
