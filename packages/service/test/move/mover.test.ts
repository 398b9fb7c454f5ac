import { describe, expect, it } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { ANY_TIME, moveAll } from '../../src/run/move/mover.ts'
import { patientPair } from '../../src/run/move/patient-pair.ts'
import { plan } from '../../src/run/move/plan.ts'
import { verify } from '../../src/run/move/verify.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { bring, type Pair } from '../../src/store/moving/pair.ts'
import type { MovableStore, Residences } from '../../src/store/residences.ts'
import { fill, now } from './databases.ts'

/** More than two pages of a scan. */
const CARTS = 250

type Method = 'look' | 'seal' | 'place' | 'settle' | 'scan'

/** A pair in memory, each call of which passes `around` with its side and name. */
async function watchedPair(
  around: (name: string, make: () => Promise<unknown>, first: unknown) => Promise<unknown>,
): Promise<Pair> {
  const watched = (side: string, store: MovableStore): MovableStore => {
    const { residences } = store
    const wrap = (name: Method) => [
      name,
      (...args: unknown[]) => {
        const method = residences[name] as (...args: unknown[]) => Promise<unknown>
        return around(`${side} ${name}`, () => method(...args), args[0])
      },
    ]
    const names: Method[] = ['look', 'seal', 'place', 'settle', 'scan']
    const wrapped: Partial<Residences> = Object.fromEntries(names.map(wrap))
    return { ...store, residences: { ...residences, ...wrapped } }
  }
  const source = openMemoryStore()
  await fill(source, CARTS)
  return {
    source: watched('source', source),
    destination: watched('destination', openMemoryStore()),
  }
}

const mover = (pair: Pair, workers: number) => ({
  ...{ pair, workers, now, to: 'destination' as const },
  signal: new AbortController().signal,
  enter: async () => ANY_TIME,
  report() {},
})

describe('a mover', () => {
  it('reads only the destination beside its three writes of a cart', async () => {
    const calls = new Map<string, number>()
    const pair = await watchedPair((name, make) => {
      calls.set(name, (calls.get(name) ?? 0) + 1)
      return make()
    })
    const { moved } = await moveAll(mover(pair, 8))
    expect(moved).toBe(CARTS)
    expect(Object.fromEntries(calls)).toEqual({
      // Two passes, of three pages each.
      'source scan': 6,
      'source seal': CARTS,
      'source settle': CARTS,
      // Before it seals a cart, and to compare what has arrived.
      'destination look': 2 * CARTS,
      'destination place': CARTS,
    })
  })

  it('counts a cart that it moves together with other movers once', async () => {
    const source = openMemoryStore()
    const destination = openMemoryStore()
    const [, , cartId = ''] = await fill(source, 3)
    const { residences } = source
    await residences.seal(cartId, await residences.look(cartId), 1)
    // Both have read the seal before either replaces it.
    const both = Promise.withResolvers<void>()
    let arrived = 0
    const settle: Residences['settle'] = async (...args) => {
      arrived += 1
      if (arrived === 2) both.resolve()
      await both.promise
      return residences.settle(...args)
    }
    const pair = { source: { ...source, residences: { ...residences, settle } }, destination }
    const places = await Promise.all([1, 2].map(() => bring(pair, cartId, 'destination')))
    expect(places.map(({ at }) => at)).toEqual(['destination', 'destination'])
    expect(places.filter(({ moved }) => moved)).toHaveLength(1)
  })

  it('moves all other carts while one waits for its database', async () => {
    let stuck: unknown
    let placed = 0
    const others = Promise.withResolvers<void>()
    const pair = await watchedPair(async (name, make, first) => {
      if (name !== 'destination place') return make()
      stuck ??= first
      if (first === stuck) {
        await others.promise
        return make()
      }
      placed += 1
      if (placed === CARTS - 1) others.resolve()
      return make()
    })
    // Two workers: one of them stays with its cart.
    expect((await moveAll(mover(pair, 2))).moved).toBe(CARTS)
  })

  it('lets a cart whose step failed wait, and no other one', async () => {
    const failures = new Map<unknown, number>()
    const pauses: number[] = []
    const pair = await watchedPair(async (name, make, first) => {
      const before = failures.get(first) ?? 0
      if (name !== 'destination place' || before >= 6) return make()
      failures.set(first, before + 1)
      throw new CartError('STORE_BUSY')
    })
    const pause = async (ms: number) => void pauses.push(ms)
    await moveAll({ ...mover(pair, 1), pause })
    expect(pauses).toHaveLength(6 * CARTS)
    // However many have failed before it, each cart begins with a short pause.
    for (let i = 0; i < pauses.length; i += 6)
      expect(pauses.slice(i, i + 6)).toEqual([100, 200, 400, 800, 1600, 2000])
  })

  it('ends all its visits when one fails for good', async () => {
    let sealed = 0
    const pair = await watchedPair(async (name, make) => {
      if (name === 'source seal') sealed += 1
      if (name === 'destination place' && sealed >= 20) throw new CartError('INTERNAL_ERROR')
      if (name === 'destination place' && sealed === 19) throw new CartError('STORE_BUSY')
      return make()
    })
    await expect(moveAll(mover(pair, 4))).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
    const after = sealed
    await new Promise(setImmediate)
    expect(sealed).toBe(after)
    expect(after).toBeLessThan(30)
  })
})

describe('reads of a mover', () => {
  /** Every call of a database fails so many times in a row, then succeeds. */
  async function failing(times: number, code: 'STORE_BUSY' | 'INTERNAL_ERROR') {
    const left = new Map<string, number>()
    return watchedPair(async (name, make, first) => {
      const id = `${name} ${JSON.stringify(first)}`
      const failures = left.get(id) ?? times
      left.set(id, failures - 1)
      if (failures > 0) throw new CartError(code)
      return make()
    })
  }
  const pause = async () => {}
  const { signal } = new AbortController()

  it('go on after failures that pass', async () => {
    const pair = await failing(2, 'STORE_BUSY')
    const { moved } = await moveAll({ ...mover(pair, 16), pause })
    expect(moved).toBe(CARTS)
  })

  it.each([
    ['STORE_BUSY', 1_000],
    ['INTERNAL_ERROR', 1],
  ] as const)('give up when %s does not pass', async (code, times) => {
    const pair = await failing(times, code)
    await expect(moveAll({ ...mover(pair, 2), pause })).rejects.toMatchObject({ code })
  })

  it('are patient in verify and plan', async () => {
    const pair = await failing(1, 'STORE_BUSY')
    expect(await plan(pair, now(), {}, signal)).toMatchObject({ carts: CARTS })
    expect(await verify(pair, now(), signal)).toMatchObject({ ok: true, unmoved: CARTS })
  })

  it('are patient with the record of the move', async () => {
    const { source, destination } = await watchedPair((_, make) => make())
    let failures = 3
    const control = {
      ...source.residences.control,
      async read() {
        if (failures-- > 0) throw new CartError('STORE_UNAVAILABLE')
        return source.residences.control.read()
      },
    }
    const pair = { source: { ...source, residences: { ...source.residences, control } } }
    const patient = patientPair({ ...pair, destination }, { signal, pause })
    expect(await patient.source.residences.control.read()).toBeUndefined()
    failures = 1_000
    await expect(patient.source.residences.control.read()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
  })
})
