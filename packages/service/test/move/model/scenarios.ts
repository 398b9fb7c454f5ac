import { NOTHING_KNOWN, type Residence } from '../../../src/cart/residence.ts'
import {
  adder,
  clock,
  creator,
  mover,
  oldAdder,
  reader,
  sweeper,
  unkeyedAdder,
} from './programs.ts'
import { here, type World, world } from './world.ts'

export const away = (hop: number): Residence => ({ at: 'away', hop, trace: null })
export const atSource = { source: here(), destination: NOTHING_KNOWN }
const inDestination = { source: away(1), destination: here(1) }
export const forward = mover('destination')
const backward = mover('source')

/** Worlds that together contain every pair of things that can meet. `check-model.ts` explores them all. */
export const SCENARIOS: readonly (readonly [string, World])[] = [
  [
    'two movers, two instances and an old instance',
    world({
      records: atSource,
      processes: [forward, forward, adder('a'), reader(), oldAdder('o')],
    }),
  ],
  [
    'a mover and two changes',
    world({ records: atSource, processes: [forward, adder('a'), unkeyedAdder('b')], faults: 1 }),
  ],
  [
    'two movers and a change',
    world({ records: atSource, processes: [forward, forward, adder('a')], faults: 2 }),
  ],
  [
    'movers in both directions, a change and a read',
    world({ records: atSource, processes: [forward, backward, adder('a'), reader()] }),
  ],
  [
    'movers in both directions and a change',
    world({ records: inDestination, processes: [forward, backward, adder('a')], faults: 1 }),
  ],
  [
    'a cart that has been to the destination before, and whose hop the source has forgotten',
    world({
      records: { source: here(), destination: away(1) },
      processes: [forward, forward, adder('a')],
      faults: 1,
    }),
  ],
  [
    'creates of one id by instances in different phases, a mover and a change',
    world({
      processes: [creator('x', 'moving'), creator('y', 'ready'), forward, adder('a')],
      faults: 1,
    }),
  ],
  [
    'creates of one id by a new and an old instance, a mover and a change',
    world({
      processes: [creator('x', 'moving'), creator('y', 'old'), forward, adder('a')],
      faults: 1,
    }),
  ],
  [
    'creates of one id on the way back, a mover and a change',
    world({
      processes: [creator('x', 'moving'), creator('y', 'returning'), backward, adder('a')],
    }),
  ],
  [
    'creates of one id on the way back and a mover',
    world({
      processes: [creator('x', 'moving'), creator('y', 'returning'), backward],
      faults: 1,
    }),
  ],
  [
    'a cart that expires, is removed and is created again while its copy is on its way',
    world({
      records: atSource,
      processes: [
        forward,
        forward,
        clock(),
        sweeper('source'),
        sweeper('destination'),
        creator('x', 'moving'),
        adder('a'),
      ],
    }),
  ],
  [
    'a cart that expires, is removed and is created again, with a request late',
    world({
      records: atSource,
      processes: [forward, clock(), sweeper('destination'), creator('x', 'moving'), adder('a')],
      faults: 1,
    }),
  ],
]

/** The same without lost or late requests, and without the last processes of a large world: quick enough for every test run. */
export const SMALL: readonly (readonly [string, World])[] = SCENARIOS.map(([name, start]) => [
  name,
  { ...start, faults: 0, processes: start.processes.slice(0, 3) },
])
