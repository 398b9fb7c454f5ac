import { expiryOf, isVisible } from '../../../src/cart/cart.ts'
import {
  claimed,
  created,
  NOTHING_KNOWN,
  nextStep,
  placed,
  type Residence,
  released,
  type Side,
  type Step,
  sealed,
  settled,
} from '../../../src/cart/residence.ts'
import { addedLines, applyChange, type CartState, newState } from '../../../src/cart/rules.ts'
import { line, options } from '../../contract/fixtures.ts'

/**
 * The world of the model check: the two records of one cart, the clock, requests that are still on their way, and the
 * processes. Plain data, so that a state can be copied and recognised. The records change by the functions of
 * `cart/residence.ts` and by the rules of carts themselves, so the check is of the code and not of a copy of it.
 */
export interface World {
  readonly records: Readonly<Record<Side, Residence>>
  readonly now: number
  readonly processes: readonly Process[]
  /** Requests whose sender no longer waits for them: each may still be executed, at any time. */
  readonly late: readonly Write[]
  /** How many more requests may be delayed or lose their response. */
  readonly faults: number
  /** Adds by the life of the cart and the process that made them, with the versions that were acknowledged. */
  readonly acknowledged: Readonly<Record<string, number>>
}

export interface Process {
  readonly program: string
  /** Identifies its change: an add puts one unit of the product of that name into the cart. */
  readonly name: string
  readonly at: string
  readonly source?: Residence | undefined
  readonly destination?: Residence | undefined
  readonly hop?: number | undefined
  /** What had been acknowledged when a read began. */
  readonly required?: readonly string[]
}

/** A conditional write of one record. */
export type Write =
  | { readonly do: 'seal'; readonly at: Side; readonly hop: number; readonly seen: Residence }
  | { readonly do: 'place'; readonly at: Side; readonly hop: number; readonly state: CartState }
  | { readonly do: 'settle'; readonly at: Side; readonly hop: number }
  | { readonly do: 'create'; readonly at: Side; readonly hop: number; readonly state: CartState }
  | { readonly do: 'claim'; readonly at: Side; readonly hop: number }
  | { readonly do: 'release'; readonly at: Side; readonly hop: number }
  | { readonly do: 'add'; readonly at: Side; readonly name: string; readonly keyed: boolean }
  | { readonly do: 'unseal'; readonly at: Side }

/** The parts of the protocol that a faulty variant replaces. */
export interface Protocol {
  readonly nextStep: typeof nextStep
  readonly sealed: typeof sealed
  readonly placed: typeof placed
  readonly settled: typeof settled
  readonly created: typeof created
  readonly claimed: typeof claimed
}

export const PROTOCOL: Protocol = { nextStep, sealed, placed, settled, created, claimed }

export const START = 1_000_000
export const END = expiryOf(START, 3600)
const CART_ID = 'c'

export const newCart = (now: number): CartState =>
  newState({
    cartId: CART_ID,
    customerId: 7,
    currency: options(now).currency,
    now,
    expiresAt: expiryOf(now, 3600),
  })

export const here = (hop = 0, now = START): Residence => ({ at: 'here', hop, state: newCart(now) })

export function world(parts: Partial<World> & Pick<World, 'processes'>): World {
  return {
    records: { source: NOTHING_KNOWN, destination: NOTHING_KNOWN },
    now: START,
    late: [],
    faults: 0,
    acknowledged: {},
    ...parts,
  }
}

/** The result of an add: its version, or why it was not made. */
export type Outcome = number | 'refused'

/** Executes a write: the record afterwards, `undefined` when its condition is not met. */
export function execute(
  protocol: Protocol,
  { records, now }: World,
  write: Write,
): { readonly record: Residence | undefined; readonly outcome: Outcome } {
  const record = records[write.at]
  const plain = (next: Residence | undefined) => ({ record: next, outcome: 'refused' as const })
  switch (write.do) {
    case 'seal':
      return plain(protocol.sealed(record, write.seen, write.hop))
    case 'place':
      return plain(protocol.placed(record, write.state, write.hop))
    case 'settle': {
      const trace = { version: 0, digest: '', expiresAt: null }
      return plain(protocol.settled(record, write.hop, trace))
    }
    case 'create':
      return plain(protocol.created(record, write.state, write.hop, now))
    case 'claim':
      return plain(protocol.claimed(record, write.hop, now))
    case 'release':
      return plain(released(record, write.hop))
    case 'unseal':
      return plain(
        record.at === 'sealed' ? { ...record, at: 'here', hop: record.hop - 1 } : undefined,
      )
    case 'add':
      return addTo(record, now, write)
  }
}

function addTo(record: Residence, now: number, { name, keyed }: Write & { readonly do: 'add' }) {
  if (record.at !== 'here' || !isVisible(record.state, now))
    return { record: undefined, outcome: 'refused' as const }
  const key = keyed ? { id: name, fingerprint: name } : undefined
  const { changed, next } = applyChange(
    record.state,
    options(now, {}, { key }),
    addedLines([line(name)]),
  )
  return {
    record: next === undefined ? undefined : { ...record, state: next },
    outcome: changed.version,
  }
}

/** An expired cart can be created again: its second life. */
export const isSecondLife = ({ now }: World): boolean => now > END

export const lifeOf = (world: World): string => (isSecondLife(world) ? '2:' : '1:')

/** Where the cart can be changed: at most one of the two. */
export function homeOf({ source, destination }: World['records']): Side | undefined {
  if (source.at === 'here') return 'source'
  if (destination.at !== 'here' || source.at === 'absent') return undefined
  return source.at === 'away' || destination.hop >= source.hop ? 'destination' : undefined
}

/** The cart after everybody has stopped for good and one caller completes what has begun. */
export function recovered(protocol: Protocol, start: World): CartState | undefined {
  let { records } = start
  for (let round = 0; round < 10; round++) {
    const step: Step = protocol.nextStep(records.source, records.destination, undefined)
    if (step.do === 'stay') {
      const record = step.at === 'nowhere' ? NOTHING_KNOWN : records[step.at]
      return record.at === 'here' && isVisible(record.state, start.now) ? record.state : undefined
    }
    const write: Write =
      step.do === 'seal' ? { ...step, seen: records[step.at] } : (step satisfies Write)
    const { record } = execute(protocol, { ...start, records }, write)
    if (record === undefined) return undefined
    records = { ...records, [step.at]: record }
  }
  return undefined
}
