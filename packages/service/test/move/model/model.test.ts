import { describe, expect, it } from 'vitest'
import type { Residence } from '../../../src/cart/residence.ts'
import { explore } from './explore.ts'
import { exploreMerges } from './merges/explore.ts'
import { SMALL_MERGES, WRONG_MERGES } from './merges/scenarios.ts'
import { adder, clock, creator } from './programs.ts'
import { atSource, away, forward, SMALL } from './scenarios.ts'
import { here, PROTOCOL, type Process, type Protocol, type World, world } from './world.ts'

describe('model check of the move', () => {
  it.each(SMALL)('%s', (_, start) => {
    const { violation, ends } = explore(PROTOCOL, start)
    expect(violation).toBeUndefined()
    expect(ends).toBeGreaterThan(0)
  })
})

describe('model check of merges of carts that move', () => {
  it.each(SMALL_MERGES)('%s', (_, start) => {
    const { violation, ends } = exploreMerges(start)
    expect(violation).toBeUndefined()
    expect(ends).toBeGreaterThan(0)
  })

  it.each(WRONG_MERGES)('finds a merge %s', (_, start, found) => {
    expect(exploreMerges(start).violation).toMatch(found)
  })
})

/** Deliberately faulty protocols, each with the violation that the check finds. */
describe('the model check finds', () => {
  const withState = (
    change: (state: Extract<Residence, { at: 'here' }>['state']) => typeof state,
  ): Protocol => ({
    ...PROTOCOL,
    placed: (record, state, hop) => PROTOCOL.placed(record, change(state), hop),
  })
  const impatient: Process = { program: 'impatient', name: '', at: 'wait' }
  const copier: Process = { program: 'copier', name: '', at: 'look at source' }
  const flip: Protocol = {
    ...PROTOCOL,
    nextStep: () => ({ do: 'stay', at: 'destination' }),
  }

  it.each<[string, Protocol, World, RegExp]>([
    [
      'a copy without a seal',
      PROTOCOL,
      world({ records: atSource, processes: [copier, adder('a')] }),
      /is lost/,
    ],
    [
      'a seal that is taken back after a time',
      PROTOCOL,
      world({ records: atSource, processes: [forward, impatient, adder('a')], faults: 1 }),
      /is lost|same version|the home is/,
    ],
    [
      'idempotency keys that stay behind',
      withState((state) => ({ ...state, keys: [] })),
      world({ records: atSource, processes: [forward, adder('a')], faults: 1 }),
      /was made 2 times/,
    ],
    [
      'versions that start again',
      withState((state) => ({ ...state, version: 1 })),
      world({ records: atSource, processes: [forward, adder('a')] }),
      /1 adds made version 1/,
    ],
    [
      'a copy that overwrites whatever is there',
      { ...PROTOCOL, placed: (_, state, hop) => ({ at: 'here', hop, state }) },
      world({ records: atSource, processes: [forward, forward, adder('a')] }),
      /is lost/,
    ],
    [
      'a copy that comes back after the cart has expired and been created again',
      { ...PROTOCOL, placed: (_, state, hop) => ({ at: 'here', hop, state }) },
      world({
        records: atSource,
        processes: [forward, forward, clock(), creator('x', 'moving'), adder('a')],
      }),
      /is gone|is lost/,
    ],
    [
      'a flip without a move',
      flip,
      world({ records: atSource, processes: [adder('a')], acknowledged: { '1:z': 2 } }),
      /is gone/,
    ],
    [
      'a hop that ignores what the destination knows',
      {
        ...PROTOCOL,
        nextStep: (source, destination, to) => {
          const step = PROTOCOL.nextStep(source, destination, to)
          return step.do === 'seal' ? { ...step, hop: source.hop + 1 } : step
        },
      },
      world({
        records: { source: here(), destination: away(4) },
        processes: [forward, adder('a')],
      }),
      /is gone|not found/,
    ],
    [
      'a create that does not claim its id at the source',
      { ...PROTOCOL, claimed: () => away(1) as Residence & { at: 'away' } },
      world({
        processes: [creator('x', 'moving'), creator('y', 'ready'), adder('a'), adder('b')],
      }),
      /is lost|is gone|the home is|not found/,
    ],
  ])('%s', (_, protocol, start, found) => {
    expect(explore(protocol, start).violation).toMatch(found)
  })
})
