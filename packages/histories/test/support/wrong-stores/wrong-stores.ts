import { apply, type CartState, isRefusal } from '../../../src/check/model.ts'
import { CONDITION_FAILED } from '../../../src/index.ts'
import {
  type Answer,
  atomicStore,
  createMemory,
  keyOf,
  type Memory,
  type Request,
  type Steps,
  type Store,
} from './store.ts'
import type { Task, World } from './world.ts'

/** Deliberately faulty stores by name, each with one fault of real services. */
export const WRONG_STORES: Readonly<Record<string, (world: World) => Store>> = {
  'read-modify-write without a condition': (world) =>
    withChange(world, function* (request, store, memory) {
      const known = recall(request, memory)
      if (known !== undefined) return known
      const stored = memory.newest(request.cart)
      if (request.kind === 'merge' || request.kind === 'create') return store.commitOnce(request)
      const next = store.next(request, stored)
      yield world.latency(100, 1500)
      if (typeof next === 'string') return { error: next }
      memory.put(request.cart, next, stored.version + 1)
      const answer = { version: stored.version + 1 }
      remember(request, answer, memory)
      return answer
    }),

  'no idempotency': (world) =>
    withChange(world, function* (request, store) {
      yield 1
      return store.commit(request)
    }),

  'idempotency checked apart from the write': (world) =>
    withChange(world, function* (request, store, memory) {
      const known = recall(request, memory)
      if (known !== undefined) return known
      yield world.latency(500, 4000)
      const answer = store.commit(request)
      yield world.latency(500, 4000)
      if (answer.error === undefined) remember(request, answer, memory)
      return answer
    }),

  'union merge that resurrects': (world) =>
    withChange(world, function* (request, store, memory) {
      yield 1
      const before = memory.newest(request.cart)
      const answer = store.commitOnce(request)
      const lowers = request.kind === 'remove' || request.kind === 'empty'
      if (answer.error === undefined && lowers)
        world.start(unite(request.cart, before.state, memory))
      return answer
    }),

  'merge applied twice': (world) =>
    withChange(world, function* (request, store, memory) {
      const { lines } = memory.newest(request.from ?? '').state
      const answer = store.commitOnce(request)
      yield world.latency(100, 1000)
      // The merge request is delivered twice, and the lines are added twice.
      if (request.kind !== 'merge' || answer.error !== undefined || world.chance(0.5)) return answer
      const { state, version } = memory.newest(request.cart)
      const again = apply(state, { kind: 'merge_in', lines, strategy: 'sum' })
      if (!isRefusal(again)) memory.put(request.cart, again, version)
      return answer
    }),

  'stale cache on reads': (world) => {
    const cache = new Map<string, { readonly until: number; readonly answer: Answer }>()
    return withSteps(world, ({ show }, memory) => ({
      read({ cart }) {
        const cached = cache.get(cart)
        if (cached !== undefined && cached.until > world.now()) return cached.answer
        const answer = show(memory.newest(cart))
        cache.set(cart, { until: world.now() + 20e6, answer })
        return answer
      },
    }))
  },

  'last write wins by clock': (world) => {
    const clocks = new Map<string, number>()
    return withChange(world, function* (request, store, memory) {
      const known = recall(request, memory)
      if (known !== undefined) return known
      yield 1
      const { cart, clock } = request
      const last = clocks.get(cart) ?? 0
      if (clock >= last || request.kind === 'create') {
        clocks.set(cart, clock)
        return store.commitOnce(request)
      }
      // A later write exists: this one is acknowledged and dropped.
      const answer = { version: memory.newest(cart).version }
      remember(request, answer, memory)
      return answer
    })
  },

  'batch half applied': (world) =>
    withChange(world, function* (request, store, memory) {
      const { kind, lines = [], cart } = request
      if (kind !== 'add' || lines.length < 2) return store.commitOnce(request)
      const answer = store.commitOnce({ ...request, lines: lines.slice(0, 1) })
      yield world.latency(500, 3000)
      const { state, version } = memory.newest(cart)
      const rest = apply(state, { kind, lines: lines.slice(1) })
      if (answer.error === undefined && !isRefusal(rest) && world.chance(0.7)) {
        memory.put(cart, rest, version)
      }
      return answer
    }),

  'checkout that swallows a concurrent add': (world) =>
    withChange(world, function* (request, store, memory) {
      const { state } = memory.newest(request.cart)
      if (request.kind !== 'checkout') return store.commitOnce(request)
      yield world.latency(1500, 6000)
      const answer = store.commitOnce(request)
      const { version } = memory.newest(request.cart)
      if (answer.error === undefined) {
        memory.put(request.cart, { ...state, status: 'checked_out' }, version)
      }
      return answer
    }),

  'version reused': (world) =>
    misnumbered(world, (version) => (version > 2 && world.chance(0.03) ? version - 1 : version)),

  'version skipped': (world) =>
    misnumbered(world, (version) => (world.chance(0.03) ? version + 1 : version)),

  'eventual reads labelled strong': (world) =>
    withSteps(world, ({ read }) => ({ read: (request) => read({ ...request, read: 'eventual' }) })),

  'If-Match ignored': (world) =>
    withChange(world, function* (request, store) {
      yield 1
      return store.commitOnce({ ...request, if_version: undefined })
    }),

  'If-Match compared apart from the write': (world) =>
    withChange(world, function* (request, store, memory) {
      const known = recall(request, memory)
      if (known !== undefined) return known
      if (store.next(request, memory.newest(request.cart)) === CONDITION_FAILED)
        return { error: CONDITION_FAILED }
      yield world.latency(500, 4000)
      return store.commitOnce({ ...request, if_version: undefined })
    }),

  'If-Match compared with a copy that lags': (world) =>
    withChange(world, function* (request, store, memory) {
      yield 1
      const known = recall(request, memory)
      const copy = memory.lagging(request.cart, 20e6)
      const lags = known === undefined && request.if_version?.includes(copy.version) === false
      return lags ? { error: CONDITION_FAILED } : store.commitOnce(request)
    }),

  'list that shows a cart twice': (world) =>
    withSteps(world, ({ list }) => ({
      list(request) {
        const { carts = [] } = list(request)
        return { carts: world.chance(0.1) ? [...carts, ...carts.slice(-1)] : carts }
      },
    })),

  'list from a copy that removals never reach': (world) => {
    const copies = new Map<string, CartState>()
    return withSteps(world, ({ list, commit }, memory) => ({
      commit(request) {
        const answer = commit(request)
        const { state } = memory.newest(request.cart)
        if (answer.error === undefined) {
          const copy = copies.get(request.cart)?.lines ?? []
          copies.set(request.cart, { ...state, lines: new Map([...copy, ...state.lines]) })
        }
        return answer
      },
      list(request) {
        const { carts = [] } = list(request)
        const linesOf = (cart: string) => [...(copies.get(cart)?.lines ?? [])]
        return { carts: carts.map((listed) => ({ ...listed, lines: linesOf(listed.cart) })) }
      },
    }))
  },

  'index that forgets': (world) =>
    withSteps(world, ({ commit }, memory) => ({
      commit(request) {
        const answer = commit(request)
        if (request.kind === 'create' && world.chance(0.1))
          memory.index.get(request.customer ?? '')?.pop()
        return answer
      },
    })),

  'acknowledged before it is durable': (world) =>
    // Writes since the last flush are lost; it flushes every 10 ms.
    withSteps(world, (_, memory) => ({
      kill: () => memory.rollBack(Math.floor(world.now() / 10e6) * 10e6),
    })),

  'refused and yet applied': (world) =>
    withChange(world, function* (request, store) {
      yield 1
      const answer = store.commitOnce(request)
      return request.kind === 'add' && world.chance(0.02) ? { error: 'busy' } : answer
    }),

  'remove that empties the cart of everything added meanwhile': (world) =>
    withChange(world, function* (request, store, memory) {
      if (request.kind !== 'remove') return store.commitOnce(request)
      const { lines } = memory.newest(request.cart).state
      yield world.latency(1000, 4000)
      const answer = store.commitOnce(request)
      const { version, state } = memory.newest(request.cart)
      const left = new Map([...lines].filter(([product]) => product !== request.product))
      if (answer.error === undefined) memory.put(request.cart, { ...state, lines: left }, version)
      return answer
    }),
}

/** Stores whose fault only shows in versions. */
export const NEEDS_VERSIONS: ReadonlySet<string> = new Set([
  'version reused',
  'version skipped',
  'If-Match ignored',
  'If-Match compared apart from the write',
  'If-Match compared with a copy that lags',
])

/** The correct store with some steps replaced. */
function withSteps(
  world: World,
  replaced: (store: Store & Steps, memory: Memory) => Partial<Store & Steps>,
): Store {
  const memory = createMemory(world)
  const store = atomicStore(world, memory)
  return Object.assign(store, replaced({ ...store }, memory))
}

/** The correct store, whose versions are the numbers that `numbered` makes of them. */
function misnumbered(world: World, numbered: (version: number) => number): Store {
  return withSteps(world, ({ commit }, memory) => {
    const { put } = memory
    memory.put = (cart, state, version) => put(cart, state, numbered(version))
    return {
      commit(request) {
        const answer = commit(request)
        return answer.error === undefined
          ? { version: memory.newest(request.cart).version }
          : answer
      },
    }
  })
}

/** The correct store with another way of applying changes. */
function withChange(
  world: World,
  change: (request: Request, store: Steps, memory: Memory) => Task<Answer>,
): Store {
  const memory = createMemory(world)
  const store = atomicStore(world, memory)
  return {
    *handle(request) {
      if (request.kind === 'get' || request.kind === 'list') return yield* store.handle(request)
      yield world.latency(50, 1000)
      return yield* change(request, store, memory)
    },
  }
}

function recall(request: Request, { keys }: Memory): Answer | undefined {
  const key = keyOf(request)
  return key === undefined ? undefined : keys.get(key)
}

function remember(request: Request, answer: Answer, { keys }: Memory): void {
  const key = keyOf(request)
  if (key !== undefined) keys.set(key, answer)
}

/** Joins copies that differ line by line, so that a line comes back that one copy still contains. */
function* unite(cart: string, other: CartState, memory: Memory): Task {
  yield 3e6
  const { state, version } = memory.newest(cart)
  if (state.status !== 'active') return
  const lines = new Map(state.lines)
  for (const [product, quantity] of other.lines) {
    lines.set(product, Math.max(quantity, lines.get(product) ?? 0))
  }
  memory.put(cart, { ...state, lines }, version)
}
