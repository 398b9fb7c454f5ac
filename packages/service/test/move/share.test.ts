import { describe, expect, it } from 'vitest'
import { start, status } from '../../src/run/move/actions.ts'
import { openPace } from '../../src/run/move/pace.ts'
import { openShare, type Share } from '../../src/run/move/share.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import type { Pair } from '../../src/store/moving/pair.ts'
import type { MoveControl } from '../../src/store/residences.ts'
import { actions, fill } from './databases.ts'

/** Looks without end, and leases by a clock that only the test moves on. */
const TIMES = { renewMs: 2, leaseMs: 1_000, marginMs: 100 }

function openClock() {
  let now = 0
  return {
    elapsed: () => now,
    pass(ms: number) {
      now += ms
    },
  }
}

const sharing = (control: MoveControl, elapsed: () => number) => ({
  control,
  elapsed,
  times: TIMES,
  signal: AbortSignal.timeout(100_000),
})

/** Resolves when a share is among so many movers. */
async function until(share: Share, movers: number): Promise<void> {
  while ((await share.movers()) !== movers) await new Promise(setImmediate)
}

describe('the pace of a mover', () => {
  it('does not count a cart that another mover has moved', async () => {
    const pace = openPace({ carts: 0.001 }, async () => 2, openClock().elapsed)
    const { signal } = new AbortController()
    for (let carts = 0; carts < 5; carts++) {
      const giveBack = await pace.take(1, signal)
      giveBack()
    }
    await pace.take(1, signal)
    const stop = new AbortController()
    const waiting = pace.take(1, stop.signal)
    stop.abort()
    await expect(waiting).rejects.toThrow('aborted')
  })
})

describe('movers that share a limit', () => {
  it('count each other while they run', async () => {
    const { control } = openMemoryStore().residences
    const { elapsed } = openClock()
    await using one = await openShare(sharing(control, elapsed))
    expect(await one.movers()).toBe(1)
    {
      await using two = await openShare(sharing(control, elapsed))
      // Nobody moves by a share that another mover does not know of yet.
      expect([await one.movers(), await two.movers()]).toEqual([2, 2])
      await using three = await openShare(sharing(control, elapsed))
      expect(await Promise.all([one, two, three].map((share) => share.movers()))).toEqual([3, 3, 3])
    }
    await until(one, 1)
  })

  it('wait for the lease of one that was killed', async () => {
    const { control } = openMemoryStore().residences
    const { elapsed, pass } = openClock()
    await control.renew({ id: 'mover killed', renewals: 7, epoch: 0 })
    let isOpen = false
    const opening = openShare(sharing(control, elapsed)).then((share) => {
      isOpen = true
      return share
    })
    for (let looks = 0; looks < 10; looks++) await nextLook(control)
    expect(isOpen).toBe(false)
    // In steps, so that the lease of the mover that waits does not end too.
    for (const ms of [600, 600]) {
      pass(ms)
      for (let looks = 0; looks < 3 && !isOpen; looks++) await nextLook(control)
    }
    await using share = await opening
    expect(await share.movers()).toBe(1)
    expect((await control.members()).map(({ id }) => id)).not.toContain('mover killed')
  })

  it('register again after a lease in which one of them was frozen', async () => {
    const { control } = openMemoryStore().residences
    const { elapsed, pass } = openClock()
    await using one = await openShare(sharing(control, elapsed))
    pass(1_001)
    await control.renew({ id: 'mover beside', renewals: 1, epoch: 0 })
    let isCounted = false
    const counting = one.movers().then((movers) => {
      isCounted = true
      return movers
    })
    for (let looks = 0; looks < 10; looks++) await nextLook(control)
    expect(isCounted).toBe(false)
    await control.renew({ id: 'mover beside', renewals: 3, epoch: 0 })
    expect(await counting).toBe(2)
  })

  it('are not instances: no phase waits for them', async () => {
    const pair: Pair = { source: openMemoryStore(), destination: openMemoryStore() }
    const { control } = pair.source.residences
    await fill(pair.source, 3)
    await control.renew({ id: 'mover beside', renewals: 1, epoch: -1 })
    expect((await start(actions(pair))).phase).toBe('moving')
    expect((await status(actions(pair))).members).toEqual([])
  })

  it.each([
    ['carts', 100],
    ['units', 100],
  ] as const)('move no more %s together than one may', async (limit, perSecond) => {
    const pair: Pair = { source: openMemoryStore(), destination: openMemoryStore() }
    const carts = 60
    await fill(pair.source, carts)
    const since = performance.now()
    const begin = () => start(actions(pair, { [limit]: perSecond, workers: 8 }))
    const ends = await Promise.all([begin(), begin(), begin()])
    const seconds = (performance.now() - since) / 1000
    expect(ends.reduce((sum, { counts }) => sum + counts.moved, 0)).toBeGreaterThan(0.8 * carts)
    // The first cart of each mover needs no wait, and one may be on its way when another mover joins.
    expect(seconds).toBeGreaterThan((carts - 6) / perSecond)
    expect((await pair.source.residences.control.members()).length).toBe(0)
  })
})

/** Resolves when a mover has looked once more. */
async function nextLook(control: MoveControl): Promise<void> {
  const renewals = async () =>
    (await control.members()).reduce((sum, member) => sum + member.renewals, 0)
  const before = await renewals()
  while ((await renewals()) === before) await new Promise(setImmediate)
}
