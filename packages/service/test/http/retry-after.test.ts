import { expect, test } from 'vitest'
import { retryAfter } from '../../src/http/retry-after.ts'

test('Retry-After spreads clients over whole seconds from 1 to 4', () => {
  const values = Array.from({ length: 100 }, (_, index) => retryAfter(() => index / 100))
  expect(Object.entries(Object.groupBy(values, (value) => value))).toEqual(
    ['1', '2', '3', '4'].map((value) => [value, Array(25).fill(value)]),
  )
})
