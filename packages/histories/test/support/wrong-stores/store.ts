import { ABSENT, apply, type CartState, type Change, isRefusal } from '../../../src/check/model.ts'
import { CONDITION_FAILED, type Line, type ListedCart, type Operation } from '../../../src/index.ts'
import type { Task, World } from './world.ts'

/** The request of a simulated client: the first half of an operation. */
export type Request = Pick<
  Operation,
  | 'kind'
  | 'cart'
  | 'customer'
  | 'lines'
  | 'product'
  | 'from'
  | 'strategy'
  | 'if_version'
  | 'key'
  | 'read'
  | 'min_version'
> & {
  /** The clock of the instance that received the request, nanoseconds; some clocks run ahead. */
  readonly clock: number
}

/** The response to a request. */
export interface Answer {
  readonly error?: string | undefined
  readonly version?: number | undefined
  readonly lines?: readonly Line[] | undefined
  readonly cart_status?: Operation['cart_status']
  readonly carts?: readonly ListedCart[] | undefined
}

/** A store behind a simulated service. */
export interface Store {
  handle(request: Request): Task<Answer>
  /** The process of the store is killed and restarts at once. */
  kill?(): void
}

/** The state of a cart from some moment on. */
export interface Stored {
  readonly at: number
  readonly state: CartState
  readonly version: number
}

/** The data of a store: all states of each cart, newest last. */
export interface Memory {
  newest(cart: string): Stored
  /** The state in a replica that lags by `lag` nanoseconds. */
  lagging(cart: string, lag: number): Stored
  put(cart: string, state: CartState, version: number): void
  /** Undoes all changes after `moment`. */
  rollBack(moment: number): void
  readonly keys: Map<string, Answer>
  /** Carts by customer. */
  readonly index: Map<string, string[]>
}

const NOTHING: Stored = { at: -1, state: ABSENT, version: 0 }

export function createMemory(world: World): Memory {
  const carts = new Map<string, Stored[]>()
  return {
    keys: new Map(),
    index: new Map(),
    newest: (cart) => carts.get(cart)?.at(-1) ?? NOTHING,
    lagging: (cart, lag) =>
      carts.get(cart)?.findLast(({ at }) => at <= world.now() - lag) ?? NOTHING,
    put(cart, state, version) {
      const states = carts.get(cart) ?? []
      states.push({ at: world.now(), state, version })
      carts.set(cart, states)
    },
    rollBack(moment) {
      for (const [cart, states] of carts) {
        carts.set(
          cart,
          states.filter(({ at }, first) => at <= moment || first === 0),
        )
      }
    },
  }
}

/** The lag of each of the three replicas, nanoseconds. */
const LAGS = [0, 15e6, 60e6]

/** The steps of the correct store, which faulty stores replace. Every step except `handle` is atomic. */
export interface Steps {
  /** The change that a request asks for; for a merge, the change of the target. */
  changeOf(request: Request): Change
  /** The cart after a change, or the reason of the refusal. */
  next(request: Request, stored: Stored): CartState | string
  /** Applies a change and ignores keys. */
  commit(request: Request): Answer
  /** Looks up the key, commits, and records the key, atomically. */
  commitOnce(request: Request): Answer
  show(stored: Stored): Answer
  read(request: Request): Answer
  list(request: Request): Answer
}

/** The correct store: each request takes effect at one moment between call and response. */
export function atomicStore(world: World, memory = createMemory(world)): Store & Steps {
  /** Closes the source of a merge, or returns the reason of the refusal. */
  function close(from: string, into: string): Answer | undefined {
    const { state, version } = memory.newest(from)
    const closed = apply(state, { kind: 'merge_out', into })
    if (isRefusal(closed)) return { error: closed }
    memory.put(from, closed, version + 1)
    return undefined
  }

  const store: Store & Steps = {
    changeOf({ kind, lines = [], product = '', from = '', strategy = 'sum' }) {
      if (kind === 'add' || kind === 'set') return { kind, lines }
      if (kind === 'remove') return { kind, product }
      if (kind === 'merge') {
        return { kind: 'merge_in', lines: memory.newest(from).state.lines, strategy }
      }
      return { kind: kind as 'create' | 'empty' | 'delete' | 'checkout' }
    },
    next(request, { state, version }) {
      const next = apply(state, store.changeOf(request))
      if (next === 'not_found' || next === 'not_active') return next
      return request.if_version?.includes(version) === false ? CONDITION_FAILED : next
    },
    commit(request) {
      const { cart, from, kind, customer = '' } = request
      const stored = memory.newest(cart)
      // A repeated merge has no effect.
      if (from !== undefined && memory.newest(from).state.into === cart) {
        return { version: stored.version }
      }
      const next = store.next(request, stored)
      if (typeof next === 'string') return { error: next }
      const closed = from === undefined ? undefined : close(from, cart)
      if (closed !== undefined) return closed
      if (kind === 'create')
        memory.index.set(customer, [...(memory.index.get(customer) ?? []), cart])
      memory.put(cart, next, stored.version + 1)
      return { version: stored.version + 1 }
    },
    commitOnce(request) {
      const key = keyOf(request)
      const known = key === undefined ? undefined : memory.keys.get(key)
      if (known !== undefined) return known
      const answer = store.commit(request)
      if (key !== undefined && answer.error === undefined) memory.keys.set(key, answer)
      return answer
    },
    show({ state: { status, lines }, version }) {
      if (status === 'absent' || status === 'deleted') return { error: 'not_found' }
      return { version, lines: [...lines], cart_status: status }
    },
    read({ cart, read, min_version = 0 }) {
      const newest = memory.newest(cart)
      if (read === 'strong') return store.show(newest)
      const lagging = memory.lagging(cart, LAGS[world.integer(0, 2)] ?? 0)
      const old = lagging.version < min_version || lagging.version === 0
      return store.show(read === 'session' && old ? newest : lagging)
    },
    list({ customer = '' }) {
      const carts = (memory.index.get(customer) ?? []).flatMap((cart) => {
        const { error, ...shown } = store.show(memory.newest(cart))
        return error !== undefined || shown.cart_status === 'merged' ? [] : [{ cart, ...shown }]
      })
      return { carts }
    },
    *handle(request) {
      yield world.latency(50, 2000)
      if (request.kind === 'get') return store.read(request)
      if (request.kind === 'list') return store.list(request)
      return store.commitOnce(request)
    },
  }
  return store
}

/** A key identifies one request on one cart. */
export function keyOf({ key, cart }: Request): string | undefined {
  return key === undefined ? undefined : `${cart} ${key}`
}
