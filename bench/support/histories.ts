import { closeSync, openSync, writeSync } from 'node:fs'
import {
  formatLine,
  type History,
  type Kind,
  type Operation,
} from '../../packages/histories/src/index.ts'
import {
  type Simulation,
  simulate,
} from '../../packages/histories/test/support/wrong-stores/simulate.ts'
import {
  atomicStore,
  type Store,
} from '../../packages/histories/test/support/wrong-stores/store.ts'
import type { World } from '../../packages/histories/test/support/wrong-stores/world.ts'

/** Changes that do not end a cart. */
const CHANGES: readonly Kind[] = ['add', 'add', 'add', 'set', 'remove', 'empty']
const GETS: readonly Kind[] = ['get', 'get', 'get', 'get']

/** All clients on one cart that never ends; every read is strong. */
export function oneCart(seed: number, clients: number, operations: number): History {
  const { header, operations: made } = simulate({
    seed,
    clients,
    operations: Math.ceil(operations / clients),
    carts: 1,
    cartLife: Number.POSITIVE_INFINITY,
    faults: false,
    kinds: [...GETS, ...CHANGES],
    store: currentStore,
  })
  return { header, operations: made.map(asStrong) }
}

function asStrong(operation: Operation): Operation {
  const { kind, final } = operation
  return kind === 'get' && final !== true ? { ...operation, read: 'strong' } : operation
}

/** Makes every read current, whatever its read mode. */
function currentStore(world: World): Store {
  const store = atomicStore(world)
  const { read } = store
  store.read = (request) => read({ ...request, read: 'strong' })
  return store
}

/**
 * Writes a history of many carts: complete simulated runs, one after another, until there are `count` operations. It has
 * no lists, because their length grows with the number of carts.
 */
export function writeManyCarts(
  path: string,
  count: number,
  simulation: Omit<Simulation, 'seed' | 'kinds'>,
): void {
  const file = openSync(path, 'w')
  try {
    for (let seed = 1, written = 0; written < count; seed++) {
      const part = simulate({ ...simulation, seed, kinds: [...GETS, ...CHANGES] })
      if (written === 0) writeSync(file, formatLine(part.header))
      const lines = part.operations
        .filter(({ kind }) => kind !== 'list')
        .map((one, at) => formatLine(renamed(one, written + at, seed)))
      writeSync(file, lines.join(''))
      written += lines.length
    }
  } finally {
    closeSync(file)
  }
}

function renamed(operation: Operation, id: number, seed: number): Operation {
  const named = (name: string | undefined) => (name === undefined ? undefined : `${name}-${seed}`)
  const { cart, customer, key } = operation
  return { ...operation, id, cart: `${cart}-${seed}`, customer: named(customer), key: named(key) }
}
