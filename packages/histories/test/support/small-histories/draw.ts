import type { Kind, Line, Operation } from '../../../src/index.ts'
import { createRandom, type Random } from '../random.ts'
import { type Planned, play } from './play.ts'

const PRODUCTS = ['a', 'b']
const KINDS: readonly Kind[] = [
  ...(['get', 'get', 'get', 'get', 'get', 'add', 'add', 'add', 'set', 'set'] as const),
  ...(['remove', 'empty', 'delete', 'checkout', 'merge'] as const),
]
/** Kinds that may require a version. */
const CONDITIONAL: readonly Kind[] = ['set', 'remove', 'empty', 'delete', 'checkout']

export interface SmallHistory {
  readonly seed: number
  /** Operations without the creations. */
  readonly size: number
  /** Maximum number of false responses. */
  readonly lies: number
  /** Whether responses contain versions and some changes require one. */
  readonly versions?: boolean
}

/**
 * A small history of one to three carts: every kind of change, lost responses of changes that happened, happened late or
 * never, refusals, equal times, sessions that wait for their responses.
 */
export function drawSmallHistory({
  seed,
  size,
  lies,
  versions = false,
}: SmallHistory): Operation[] {
  const chance = createChance(createRandom(seed))
  const carts = ['x', 'y', 'z'].slice(0, chance.pick([1, 1, 2, 3]))
  const merged = new Set<string>()
  const planned = carts.map((cart, id) =>
    plan(chance, { id, kind: 'create', cart, call: 0, carts, versions }),
  )
  while (planned.length < carts.length + size) {
    const kind = chance.pick(KINDS)
    const wanted = {
      id: planned.length,
      kind,
      cart: chance.pick(carts),
      call: chance.integer(1, 6),
    }
    const next = plan(chance, { ...wanted, carts, versions })
    const { cart, from } = next.operation
    if (kind === 'merge') {
      // The simple rules do not know that a repeated merge is one change.
      if (from === undefined || merged.has(`${cart} ${from}`)) continue
      merged.add(`${cart} ${from}`)
    }
    planned.push(next)
  }
  const told = play(planned, versions).map((operation) => worded(operation, chance))
  for (let lie = 0; lie < lies; lie++) {
    const at = chance.integer(0, told.length - 1)
    const operation = told[at]
    if (operation !== undefined) told[at] = lied(operation, chance)
  }
  return inSessions(told.sort((a, b) => a.call - b.call))
}

interface Chance extends Random {
  pick<T>(list: readonly T[]): T
  /** True once in this many times. */
  one(inSoMany: number): boolean
}

function createChance(random: Random): Chance {
  return {
    ...random,
    pick: <T>(list: readonly T[]): T => list[random.integer(0, list.length - 1)] as T,
    one: (inSoMany) => random.integer(1, inSoMany) === 1,
  }
}

interface Wanted {
  readonly id: number
  readonly kind: Kind
  readonly cart: string
  readonly call: number
  readonly carts: readonly string[]
  readonly versions: boolean
}

/** Moments per tick of the clock of the recording. */
const TICK = 100

function plan(chance: Chance, { id, kind, cart, call, carts, versions }: Wanted): Planned {
  const end = call + chance.integer(0, 3)
  const lost = kind !== 'get' && kind !== 'create' && chance.one(5)
  const latest = lost ? end + 5 : end
  const moments = [0, 1].map(() => chance.integer(call * TICK, latest * TICK + TICK - 1))
  const operation: Operation = {
    id,
    session: '',
    process: 'i0',
    kind,
    cart,
    intended: call,
    call,
    return: end,
    status: lost ? 'info' : 'ok',
    ...asked(kind, cart, carts, chance),
    ...(versions &&
      CONDITIONAL.includes(kind) &&
      chance.one(2) && { if_version: [chance.integer(1, 4)] }),
  }
  return { operation, moments: lost && chance.one(3) ? [] : moments.sort((a, b) => a - b) }
}

function asked(
  kind: Kind,
  cart: string,
  carts: readonly string[],
  chance: Chance,
): Partial<Operation> {
  const line = (): Line => [chance.pick(PRODUCTS), chance.integer(1, 2)]
  switch (kind) {
    case 'create':
      return { customer: 'u' }
    case 'get':
      return { read: 'strong' }
    case 'add':
      return { lines: chance.one(4) ? PRODUCTS.map((product, at) => [product, at + 1]) : [line()] }
    case 'set':
      return { lines: [line()] }
    case 'remove':
      return { product: chance.pick(PRODUCTS) }
    case 'merge':
      return {
        from: chance.pick(carts.filter((other) => other !== cart)),
        strategy: chance.pick(['sum', 'max', 'keep'] as const),
      }
    default:
      return {}
  }
}

/** Services differ: some show no status, and some show the lines of a source after the merge. */
function worded(operation: Operation, chance: Chance): Operation {
  const empties = operation.cart_status === 'merged' && chance.one(2)
  const told = empties ? { ...operation, lines: [] } : operation
  return chance.one(3) ? { ...told, cart_status: undefined } : told
}

/** The operation with a false response. */
function lied(operation: Operation, chance: Chance): Operation {
  const { kind, status, lines = [] } = operation
  if (kind === 'merge' || kind === 'create') return operation
  if (status === 'fail')
    return { ...operation, status: 'ok', error: undefined, ...(kind === 'get' && { lines: [] }) }
  if (kind !== 'get')
    return {
      ...operation,
      status: 'fail',
      error: chance.pick(['not_found', 'not_active']),
      version: undefined,
    }
  if (chance.one(4))
    return { ...operation, cart_status: chance.pick(['active', 'checked_out', 'merged'] as const) }
  if (chance.one(8))
    return {
      ...operation,
      status: 'fail',
      error: 'not_found',
      lines: undefined,
      version: undefined,
    }
  const product = chance.pick(PRODUCTS)
  const units = chance.integer(0, 3)
  const others = lines.filter(([other]) => other !== product)
  return { ...operation, lines: units === 0 ? others : [...others, [product, units]] }
}

/** Assigns as few sessions as possible: each takes an operation that begins after its last response. */
function inSessions(operations: readonly Operation[]): Operation[] {
  const ends: number[] = []
  return operations.map((operation) => {
    const free = ends.findIndex((end) => end < operation.call)
    const at = free < 0 ? ends.length : free
    ends[at] = operation.return
    return { ...operation, session: `s${at}` }
  })
}
