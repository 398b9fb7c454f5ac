import { describe, expect, it } from 'vitest'
import { offsetWarning, openDatabaseClock } from '../../src/store/database-clock.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 2)

/** A database, a machine whose clock is `ahead` of it, and the clock between them. Time passes only where a test says so. */
function world(ahead: number, { precisionMs = 1, rtt = 4 } = {}) {
  let passed = 0
  let stepped = 0
  const database = { now: () => START + passed, shift: 0, fails: false }
  const clock = openDatabaseClock(
    async () => {
      passed += rtt / 2
      if (database.fails) throw new Error('no response')
      const exact = database.now() + database.shift
      const now = Math.floor(exact / precisionMs) * precisionMs
      passed += rtt / 2
      return { now, precisionMs }
    },
    { machine: () => START + passed + ahead + stepped, elapsed: () => 1234.5 + passed },
  )
  return {
    clock,
    database,
    pass: (ms: number) => {
      passed += ms
    },
    step: (ms: number) => {
      stepped += ms
    },
    error: () => Math.abs(clock.now() - database.now() - database.shift),
  }
}

describe('the clock of the service', () => {
  it.each([0, 300, -300, 8 * DAY, -8 * DAY])(
    'is the database’s where the machine is %i ms ahead',
    async (ahead) => {
      const { clock, pass, error } = world(ahead)
      await clock.sync()
      expect(error()).toBeLessThanOrEqual(6)
      pass(DAY)
      expect(error()).toBeLessThanOrEqual(6)
      expect(Number.isInteger(clock.now())).toBe(true)
      expect(Math.abs((clock.offset() ?? 0) - ahead)).toBeLessThanOrEqual(6)
    },
  )

  it('does not follow a step of the machine’s clock', async () => {
    const { clock, step, error } = world(0)
    await clock.sync()
    step(8 * DAY)
    expect(error()).toBeLessThanOrEqual(6)
    expect(Math.abs((clock.offset() ?? 0) - 8 * DAY)).toBeLessThanOrEqual(6)
  })

  it('follows the database’s clock with the next sync, and goes on without one', async () => {
    const { clock, database, pass, error } = world(0)
    await clock.sync()
    database.shift = 60_000
    database.fails = true
    await expect(clock.sync()).rejects.toThrow('no response')
    pass(1000)
    expect(error()).toBeGreaterThan(59_000)
    database.fails = false
    await clock.sync()
    expect(error()).toBeLessThanOrEqual(6)
  })

  it('keeps the machine’s time while the measurement does not contradict it', async () => {
    for (const [ahead, precision] of [
      [0, { precisionMs: 1000 }],
      [400, { precisionMs: 1000 }],
      [-1500, { rtt: 4000 }],
      [1500, { rtt: 4000 }],
    ] as const) {
      const { clock } = world(ahead, precision)
      await clock.sync()
      expect(Math.abs(clock.offset() ?? Number.NaN)).toBeLessThanOrEqual(1)
    }
  })

  it('gets more exact with every sync where the database counts seconds', async () => {
    const { clock, pass, error } = world(8 * DAY, { precisionMs: 1000 })
    for (let i = 0; i < 50; i++) {
      await clock.sync()
      expect(error()).toBeLessThanOrEqual(1010)
      pass(337)
    }
    expect(error()).toBeLessThanOrEqual(50)
  })

  it('is the machine’s where there is no database clock', async () => {
    const clock = openDatabaseClock(async () => undefined, { machine: () => 42, elapsed: () => 1 })
    await clock.sync()
    expect([clock.now(), clock.offset()]).toEqual([42, undefined])
  })

  it.each([
    [undefined, undefined],
    [5000, undefined],
    [-5000, undefined],
    [5001, /^The clock of this instance is 5 s ahead of that of the database\. Carts use/],
    [-8 * DAY, /^The clock of this instance is 691200 s behind that of the database\./],
  ])('warns of an offset of %j: %s', (offset, message) => {
    const warning = offsetWarning(offset)
    if (message === undefined) expect(warning).toBeUndefined()
    else expect(warning).toMatch(message)
  })
})
