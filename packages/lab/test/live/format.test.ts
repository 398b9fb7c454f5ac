import { expect, it } from 'vitest'
import { axisTime } from '../../src/live/browser/format.ts'

it('an axis that begins before the start has no labels there', () => {
  expect([-45, -0.5, 0, 5, 75].map(axisTime)).toEqual(['', '', '0:00', '0:05', '1:15'])
})
