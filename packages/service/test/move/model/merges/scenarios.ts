import { MERGE } from './explore.ts'
import { adder, merger, mover } from './programs.ts'
import { atSource, inDestination, type World, world } from './world.ts'

const bothAtSource = { into: atSource('into'), from: atSource('from') }
const bothMoved = { into: inDestination('into'), from: inDestination('from') }
const sourceMoved = { into: atSource('into'), from: inDestination('from') }
const targetMoved = { into: inDestination('into'), from: atSource('from') }

const there = merger(MERGE, 'destination')
const back = merger(MERGE, 'source')

/** Worlds of a merge: where both carts are, who moves them meanwhile, and who changes them. */
const MODEST: readonly (readonly [string, World])[] = [
  [
    'a merge of carts in different databases, and a change of each',
    world({
      records: sourceMoved,
      processes: [there, adder('into', 'into-a'), adder('from', 'from-a')],
    }),
  ],
  [
    'a merge of carts in different databases, a change, and a request that is late or lost',
    world({ records: sourceMoved, processes: [there, adder('from', 'from-a')], faults: 1 }),
  ],
  [
    'a merge into a cart that has moved, a change, and a request that is late or lost',
    world({ records: targetMoved, processes: [there, adder('from', 'from-a')], faults: 1 }),
  ],
  [
    'a merge whose carts a mover moves',
    world({
      records: bothAtSource,
      processes: [there, mover('into', 'destination'), mover('from', 'destination')],
    }),
  ],
  [
    'a merge of which a mover moves one cart, and a request that is late or lost',
    world({ records: bothAtSource, processes: [there, mover('from', 'destination')], faults: 1 }),
  ],
  [
    'a merge whose carts return',
    world({
      records: bothMoved,
      processes: [back, mover('into', 'source'), mover('from', 'source')],
    }),
  ],
  [
    'a merge that is made twice at once, and a change',
    world({ records: sourceMoved, processes: [there, there, adder('from', 'from-a')] }),
  ],
  [
    'a merge into a cart that is too large for the destination, and a change',
    world({
      records: sourceMoved,
      large: 'into',
      processes: [there, mover('from', 'destination'), adder('from', 'from-a')],
    }),
  ],
]

/** All of them, with those that take long. */
export const MERGES: readonly (readonly [string, World])[] = [
  ...MODEST,
  [
    'a merge of a cart that goes away and back',
    world({
      records: bothAtSource,
      processes: [there, mover('from', 'destination'), mover('from', 'source')],
    }),
  ],
  [
    'a merge that is made twice at once, by instances in different phases',
    world({ records: sourceMoved, processes: [there, back] }),
  ],
]

/** Those that do not take long, without lost or late requests: quick enough for every test run. */
export const SMALL_MERGES: readonly (readonly [string, World])[] = MODEST.map(([name, start]) => [
  name,
  { ...start, faults: 0 },
])

/** Merges of deliberately faulty instances, each with the violation that the check finds. */
export const WRONG_MERGES: readonly (readonly [string, World, RegExp])[] = [
  [
    'that reads one cart and adds its lines to the other one, each where it is',
    world({
      records: sourceMoved,
      processes: [merger(MERGE, 'destination', 'apart'), adder('from', 'from-a')],
    }),
    /is lost|both carts hold/,
  ],
  [
    'that believes "not found" of a cart that has just moved',
    world({
      records: bothAtSource,
      processes: [merger(MERGE, 'destination', 'hastily'), mover('from', 'destination')],
    }),
    /was not found/,
  ],
  [
    'that takes a cart that went away and came back for one that stayed',
    world({
      records: bothAtSource,
      processes: [
        merger(MERGE, 'destination', 'without hops'),
        mover('from', 'destination'),
        mover('from', 'source'),
      ],
    }),
    /was not found/,
  ],
]
