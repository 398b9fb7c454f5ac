import type { History, Operation } from '../../packages/histories/src/index.ts'
import {
  type Answer,
  atomicStore,
  type Store,
} from '../../packages/histories/test/support/wrong-stores/store.ts'
import {
  createWorld,
  type Task,
  type World,
} from '../../packages/histories/test/support/wrong-stores/world.ts'

/** Options of a history like those that Porcupine is tested with. */
export interface AppendShape {
  readonly clients: number
  readonly operations: number
}

const KEYS = 10

/**
 * A history of a correct store in the shape of Porcupine's key-value tests (test_data/kv: c10-ok has 337 operations of
 * 10 clients, c50-ok 1,712 of 50): clients that never pause, on ten keys. Half of the operations are gets, most others
 * appends, and a few puts. Most responses are fast; some take as long as dozens of others. A key is a cart, an append
 * adds a line that no other client adds, and a put empties the cart.
 */
export function appendHistory(seed: number, { clients, operations }: AppendShape): History {
  const world = createWorld(seed)
  const store = atomicStore(world)
  const recorded: Operation[] = []
  let asked = 0

  function* send(session: string, request: Asked): Task {
    const call = world.now()
    yield stall(world)
    const answer = yield* at(store, { ...request, read: 'strong', clock: call })
    yield stall(world)
    const times = { intended: call, call, return: world.now() }
    recorded.push({
      ...request,
      ...times,
      ...seenIn(answer),
      id: recorded.length,
      session,
      process: 'i0',
      status: answer.error === undefined ? 'ok' : 'fail',
    })
  }

  function* client(number: number): Task {
    for (let own = 0; asked < operations; own++) {
      asked++
      yield* send(`s${number}`, draw(world, `x ${number} ${own} y`))
    }
  }

  function* begin(): Task {
    for (let key = 0; key < KEYS; key++) {
      yield* send('begin', { kind: 'create', cart: `${key}`, customer: '1' })
    }
    for (let number = 0; number < clients; number++) world.start(client(number))
  }

  world.start(begin())
  world.run()
  const service = { name: 'appends', versions: false, keys: false }
  return {
    header: { format: 'pushcart-history', format_version: 1, seed, service, faults: [] },
    operations: recorded.sort((a, b) => a.call - b.call),
  }
}

type Asked = Pick<Operation, 'kind' | 'cart' | 'lines' | 'customer' | 'read'>

function draw(world: World, line: string): Asked {
  const cart = `${world.integer(0, KEYS - 1)}`
  const kind = world.integer(1, 20)
  if (kind <= 10) return { kind: 'get', cart, read: 'strong' }
  return kind === 20 ? { kind: 'empty', cart } : { kind: 'add', cart, lines: [[line, 1]] }
}

/** One operation in eight takes as long as fifty others. */
function stall(world: World): number {
  return world.chance(0.125) ? world.latency(100, 5000) : world.latency(5, 100)
}

/** The store's response, without its simulated latency. */
function* at(store: Store, request: Parameters<Store['handle']>[0]): Task<Answer> {
  return yield* store.handle(request)
}

function seenIn({ error, lines, cart_status }: Answer): Partial<Operation> {
  return {
    ...(error !== undefined && { error }),
    ...(lines !== undefined && { lines, cart_status }),
  }
}
