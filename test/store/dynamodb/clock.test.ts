import { expect, it } from 'vitest'
import { openClock } from '../../../src/store/dynamodb/wire/clock.ts'

const T = Date.UTC(2026, 0, 1)
const header = (time: number) => new Date(time).toUTCString()

it.each([
  ['a second', 1_000, 0],
  ['just under four minutes', 239_000, 0],
  ['four minutes', 240_000, 240_000],
  ['an hour back', -3_600_000, -3_600_000],
])('a database clock that differs by %s', (_what, off, corrected) => {
  const clock = openClock(true, () => T)
  clock.compare(header(T + off))
  expect(clock.now() - T).toBe(corrected)
})

it('follows the machine’s clock and is corrected again when that changes', () => {
  let machine = T
  const clock = openClock(true, () => machine)
  clock.compare(header(T + 3_600_000))
  machine += 60_000
  expect(clock.now()).toBe(T + 3_660_000)
  // Somebody corrects the machine's clock.
  machine += 3_600_000
  clock.compare(header(T + 3_660_000))
  expect(clock.now()).toBe(T + 3_660_000)
})

it('follows the machine’s clock if correction is disabled or the date header is unusable', () => {
  const clock = openClock(false, () => T)
  clock.compare(header(T + 3_600_000))
  expect(clock.now()).toBe(T)
  const told = openClock(true, () => T)
  told.compare('yesterday')
  told.compare(undefined)
  expect(told.now()).toBe(T)
})
