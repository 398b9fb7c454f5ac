import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkLinearizable,
  type KeyValueOperation,
  keyValue,
  type Model,
  type RegisterOperation,
  register,
  type Span,
} from '../src/index.ts'
import { createRandom } from './support/random.ts'

describe('checkLinearizable', () => {
  it('finds an order exactly where trying every order finds one', () => {
    const seen = { ok: 0, illegal: 0, unknown: 0 }
    overSeeds((seed) => {
      const operations = drawRegister(seed)
      const { verdict } = checkLinearizable(operations, register(), { shrinkMs: 0 })
      expect(verdict).toBe(hasOrder(operations, register()) ? 'ok' : 'illegal')
      seen[verdict]++
    })
    expect(Math.min(seen.ok, seen.illegal)).toBeGreaterThan(RUNS / 10)
  })

  it('agrees with itself where the model does not name its reads', () => {
    const { isRead: _, ...model } = register()
    overSeeds((seed) => {
      const operations = drawRegister(seed)
      const [a, b] = [model, register()].map((one) => checkLinearizable(operations, one).verdict)
      expect(a).toBe(b)
    })
  })

  it('shrinks to operations that have no order and of which none can be left out', () => {
    overSeeds((seed) => {
      const operations = drawRegister(seed)
      const { verdict, partitions } = checkLinearizable(operations, register())
      if (verdict === 'ok') return
      const few = partitions[0]?.counterexample ?? []
      const kept = (left?: RegisterOperation) =>
        operations.flatMap((one) => {
          if (few.includes(one) && one !== left) return [one]
          return one.f === 'read' ? [] : [{ ...one, end: Infinity }]
        })
      expect(hasOrder(kept(), register())).toBe(false)
      for (const one of few) expect(hasOrder(kept(one), register())).toBe(true)
    })
  })

  it('checks every key by itself and reports the verdict of each', () => {
    const operations: KeyValueOperation[] = [
      { f: 'put', key: 'x', value: 'a', call: 0, end: 1 },
      { f: 'append', key: 'x', value: 'b', call: 2, end: Infinity },
      { f: 'append', key: 'y', value: 'c', call: 2, end: 3 },
      { f: 'get', key: 'x', value: 'ab', call: 4, end: 5 },
      { f: 'get', key: 'y', value: null, call: 4, end: 5 },
    ]
    const { verdict, partitions } = checkLinearizable(operations, keyValue)
    expect(verdict).toBe('illegal')
    expect(partitions).toEqual([
      { partition: 'x', verdict: 'ok', operations: 3, counterexample: [] },
      {
        partition: 'y',
        verdict: 'illegal',
        operations: 2,
        counterexample: [operations[2], operations[4]],
      },
    ])
  })

  it('reports unknown when the search reaches a limit', () => {
    const operations = Array.from({ length: 40 }, (_, at) => ({
      ...{ f: 'write' as const, value: at, call: 0, end: 10 },
    }))
    const read = { f: 'read' as const, value: 'x', call: 11, end: 12 }
    const limits = { states: 1000, ms: 60_000 }
    expect(checkLinearizable([...operations, read], register(), { limits }).verdict).toBe('unknown')
  })
})

const RUNS = 2000

function overSeeds(holds: (seed: number) => void): void {
  const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })
  fc.assert(fc.property(seeds, holds), { numRuns: RUNS, seed: 1 })
}

/** Up to seven random operations on one register. */
function drawRegister(seed: number): RegisterOperation[] {
  const random = createRandom(seed)
  const value = () => random.integer(0, 2)
  return Array.from({ length: random.integer(2, 7) }, (): RegisterOperation => {
    const call = random.integer(0, 20)
    const lost = random.integer(1, 5) === 1
    const span = { call, end: lost ? Infinity : call + random.integer(0, 10) }
    const kind = random.integer(1, 5)
    if (kind <= 2) return { f: 'write', value: value(), ...span }
    if (kind === 3) return { f: 'cas', value: [value(), value()], ...span }
    return { f: 'read', value: value(), call, end: call + random.integer(0, 10) }
  })
}

/** Tries every order, and every choice of the lost operations that happened. */
function hasOrder<State, Operation extends Span>(
  left: readonly Operation[],
  model: Model<State, Operation>,
  state: State = model.initial,
): boolean {
  if (left.every(({ end }) => end === Infinity)) return true
  return left.some((one) => {
    if (left.some(({ end }) => end < one.call)) return false
    const rest = left.filter((other) => other !== one)
    return model.step(state, one).some((next) => hasOrder(rest, model, next))
  })
}
