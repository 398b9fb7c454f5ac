import { CartError } from '../../../../src/cart/errors.ts'
import { mergeCarts } from '../../../../src/cart/merge.ts'
import {
  NOTHING_KNOWN,
  nextStep,
  placed,
  type Residence,
  type Side,
  type Step,
  sealed,
  settled,
} from '../../../../src/cart/residence.ts'
import { addedLines, applyChange, type CartState, newState } from '../../../../src/cart/rules.ts'
import { line, options } from '../../../contract/fixtures.ts'
import { END, homeOf, START } from '../world.ts'

/**
 * The world of the model check of merges: the records of two carts, of which one is merged into the other while both move. As in
 * `../world.ts`, records change by the functions that the service uses: those of `cart/residence.ts` and `cart/merge.ts`.
 */
export interface World {
  readonly records: Records
  /** A cart that does not fit into the destination. */
  readonly large: CartName | undefined
  readonly processes: readonly Process[]
  /** Requests whose sender no longer waits for them: each may still be executed, at any time. */
  readonly late: readonly Write[]
  /** How many more requests may be delayed or lose their response. */
  readonly faults: number
  /** Versions that were acknowledged, by the cart that they are of and the change. */
  readonly acknowledged: Readonly<Record<string, number>>
}

export const CARTS = ['into', 'from'] as const
export type CartName = (typeof CARTS)[number]
export type Records = Readonly<Record<CartName, Readonly<Record<Side, Residence>>>>

/** What a process knows of one cart while it completes its move, or moves it. */
export interface Part {
  readonly at:
    | 'look at source'
    | 'look at destination'
    | 'look at what arrived'
    | 'act'
    | 'confirm'
    | 'arrived'
  readonly source?: Residence | undefined
  readonly destination?: Residence | undefined
  /** Where the cart is, once it has arrived; absent if nowhere. */
  readonly home?: Home | undefined
  /** It is too large to be moved. */
  readonly stays?: boolean | undefined
}

export interface Home {
  readonly side: Side
  readonly hop: number
}

export interface Process {
  readonly program: 'mover' | 'add' | 'merge' | 'done'
  /** Of a merge. */
  readonly how?: Merging | undefined
  /** Identifies its change. */
  readonly name: string
  readonly at: string
  /** The carts that it works on. */
  readonly carts: readonly CartName[]
  /** The database to which it moves carts, or by the phase of which an instance merges. */
  readonly to: Side
  readonly parts: Readonly<Partial<Record<CartName, Part>>>
  /** Of a merge: where it tries to merge, and where the carts were when it began to. */
  readonly together?: Side | undefined
  readonly homes?: Readonly<Partial<Record<CartName, Home | undefined>>> | undefined
}

/** How an instance merges; all but the first are faulty. */
export type Merging =
  | 'together'
  /** Adds the lines to one cart, then closes the other one, each where it is. */
  | 'apart'
  /** Believes "not found" without looking again. */
  | 'hastily'
  /** Looks again, but takes a cart that went away and came back for one that stayed. */
  | 'without hops'

/** A conditional write of one database. */
export type Write =
  | {
      readonly do: 'seal'
      readonly cart: CartName
      readonly at: Side
      readonly hop: number
      readonly seen: Residence
    }
  | {
      readonly do: 'place'
      readonly cart: CartName
      readonly at: Side
      readonly hop: number
      readonly state: CartState
    }
  | { readonly do: 'settle'; readonly cart: CartName; readonly at: Side; readonly hop: number }
  | { readonly do: 'add'; readonly cart: CartName; readonly at: Side; readonly name: string }
  | { readonly do: 'merge'; readonly at: Side; readonly name: string }
  /** Faulty: what a cart held is to be in the other one already. */
  | { readonly do: 'close'; readonly at: Side }

/** The version of a change, or why it was not made. */
export type Outcome = number | 'missing' | 'refused' | 'moved'

/** Each cart begins with one unit of a product of its name, made by its second version. */
export const FIRST_VERSION = 2

export function newCart(cart: CartName): CartState {
  const state = newState({
    cartId: cart,
    customerId: 7,
    currency: options(START).currency,
    now: START,
    expiresAt: END,
  })
  return added(state, cart).next ?? state
}

export const atSource = (cart: CartName) => ({
  source: { at: 'here', hop: 0, state: newCart(cart) } as Residence,
  destination: NOTHING_KNOWN,
})
export const inDestination = (cart: CartName) => ({
  source: { at: 'away', hop: 1, trace: null } as Residence,
  destination: { at: 'here', hop: 1, state: newCart(cart) } as Residence,
})

export function world(parts: Partial<World> & Pick<World, 'processes'>): World {
  return {
    records: { into: atSource('into'), from: inDestination('from') },
    large: undefined,
    late: [],
    faults: 0,
    acknowledged: {},
    ...parts,
  }
}

/** Executes a write: the records afterwards, the same ones when its condition is not met. */
export function execute(
  records: Records,
  write: Write,
): { readonly records: Records; readonly outcome: Outcome } {
  if (write.do === 'merge') return merge(records, write)
  if (write.do === 'close') return close(records, write)
  const { cart, at } = write
  const record = records[cart][at]
  const replaced = (next: Residence | undefined, outcome: Outcome = 'moved') => ({
    records: next === undefined ? records : withRecord(records, cart, at, next),
    outcome,
  })
  switch (write.do) {
    case 'seal':
      return replaced(sealed(record, write.seen, write.hop))
    case 'place':
      return replaced(placed(record, write.state, write.hop))
    case 'settle':
      return replaced(settled(record, write.hop, { version: 0, digest: '', expiresAt: null }))
    case 'add': {
      if (record.at !== 'here') return replaced(undefined, 'missing')
      const { next, outcome } = attempted(() => added(record.state, write.name))
      return replaced(next && { ...record, state: next }, outcome)
    }
  }
}

/** The atomic merge of one database, which finds the carts that are here. */
function merge(records: Records, { at, name }: Write & { readonly do: 'merge' }) {
  const [target, source] = CARTS.map((cart) => stateOf(records[cart][at]))
  const { next, outcome } = attempted(() => {
    const merging = { fromCartId: 'from', strategy: 'sum' } as const
    const made = mergeCarts(target, source, merging, keyed(name))
    return { changed: made.changed, next: made }
  })
  let after = records
  for (const [cart, state] of [
    ['from', next?.source],
    ['into', next?.target],
  ] as const) {
    const record = records[cart][at]
    if (state !== undefined && record.at === 'here')
      after = withRecord(after, cart, at, { ...record, state })
  }
  return { records: after, outcome }
}

function close(records: Records, { at }: Write & { readonly do: 'close' }) {
  const record = records.from[at]
  if (record.at !== 'here') return { records, outcome: 'missing' as const }
  const state: CartState = {
    ...record.state,
    ...{ status: 'merged', mergedInto: 'into', lines: [], version: record.state.version + 1 },
  }
  return {
    records: withRecord(records, 'from', at, { ...record, state }),
    outcome: state.version,
  }
}

function added(state: CartState, name: string) {
  return applyChange(state, keyed(name), addedLines([line(name)]))
}

const keyed = (name: string) => options(START, {}, { key: { id: name, fingerprint: name } })

function attempted<T>(
  change: () => { readonly changed: { readonly version: number }; readonly next: T | undefined },
): { readonly next: T | undefined; readonly outcome: Outcome } {
  try {
    const { changed, next } = change()
    return { next, outcome: changed.version }
  } catch (error) {
    if (!(error instanceof CartError)) throw error
    return { next: undefined, outcome: error.code === 'CART_NOT_FOUND' ? 'missing' : 'refused' }
  }
}

function withRecord(records: Records, cart: CartName, at: Side, record: Residence): Records {
  return { ...records, [cart]: { ...records[cart], [at]: record } }
}

function stateOf(record: Residence): CartState | undefined {
  return record.at === 'here' ? record.state : undefined
}

/** Where a write may change something: at the home of each of its carts. */
export function isAtHome(records: Records, write: Write): boolean {
  const carts =
    write.do === 'merge' ? CARTS : write.do === 'close' ? ['from' as const] : [write.cart]
  return carts.every((cart) => homeOf(records[cart]) === write.at)
}

/** A cart after everybody has stopped for good and one caller completes what has begun. */
export function recovered(records: Records, cart: CartName): CartState | undefined {
  let left = records
  for (let round = 0; round < 10; round++) {
    const { source, destination } = left[cart]
    const step: Step = nextStep(source, destination, undefined)
    if (step.do === 'stay') return step.at === 'nowhere' ? undefined : stateOf(left[cart][step.at])
    const write: Write =
      step.do === 'seal' ? { ...step, cart, seen: left[cart][step.at] } : { ...step, cart }
    left = execute(left, write).records
  }
  return undefined
}
