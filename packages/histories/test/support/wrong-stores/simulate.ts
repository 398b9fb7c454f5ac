import type { History, Operation } from '../../../src/index.ts'
import { type Asked, deliver, drawFault, FAULTS, statusOf } from './network.ts'
import { type Answer, atomicStore, type Request, type Store } from './store.ts'
import { draw, MIX, type OpenCart } from './workload.ts'
import { createWorld, type Task, type World } from './world.ts'

export interface Simulation {
  readonly seed: number
  /** 10 by default. */
  readonly clients?: number
  /** Operations per client. */
  readonly operations?: number
  /** Carts in use at a time. */
  readonly carts?: number
  /** After this many operations, a new cart replaces a cart. */
  readonly cartLife?: number
  readonly products?: number
  /** Whether the service has versions and honours keys; both by default. */
  readonly versions?: boolean
  readonly keys?: boolean
  /** Whether requests and responses are lost, duplicated and refused, and the store is killed. */
  readonly faults?: boolean
  /** Resolution of the clients' clock in nanoseconds; 1 by default. */
  readonly tick?: number
  /** Only these kinds, uniformly; all kinds by default. */
  readonly kinds?: readonly Operation['kind'][]
  readonly store?: (world: World) => Store
}

/** The history of simulated clients on a store, the atomic one by default. The same seed gives the same history. */
export function simulate(simulation: Simulation): History {
  const settings: Required<Simulation> = {
    clients: 10,
    operations: 200,
    carts: 4,
    cartLife: 80,
    products: 8,
    versions: true,
    keys: true,
    faults: true,
    tick: 1,
    kinds: MIX,
    store: atomicStore,
    ...simulation,
  }
  const world = createWorld(settings.seed)
  const run = createRun(world, settings)
  for (let client = 0; client < settings.clients; client++) run.startClient(client)
  world.run()
  world.start(run.readInTheEnd())
  world.run()
  const { versions, keys, faults, seed } = settings
  return {
    header: {
      format: 'pushcart-history',
      format_version: 1,
      seed,
      service: { name: 'simulated', versions, keys },
      faults: faults ? FAULTS.filter((name) => keys || name !== 'duplicate_delivery') : [],
    },
    operations: run.operations.sort((a, b) => a.call - b.call),
  }
}

interface SimulatedRun {
  readonly operations: Operation[]
  startClient(client: number): void
  readInTheEnd(): Task
}

function createRun(world: World, settings: Required<Simulation>): SimulatedRun {
  const store = settings.store(world)
  const operations: Operation[] = []
  const open: OpenCart[] = []
  const all: OpenCart[] = []
  const seenVersions = new Map<string, number>()
  let lastKill = -1e12
  let running = settings.clients
  let opening = 0
  let keys = 0
  let made = 0

  /** Sends one request and records the outcome that the client observes. */
  function* send(session: string, asked: Asked, final = false): Task<Operation> {
    const call = world.now()
    const skew = (Number(session.slice(1)) || 0) % 2 === 0 ? 0 : 3e6
    const request: Request = { ...asked, clock: call + skew }
    const fault = settings.faults && !final ? drawFault(world, request) : undefined
    yield world.latency(20, 300)
    const answer = yield* deliver(world, store, request, fault)
    yield world.latency(20, 300)
    const killed = lastKill >= call
    const onClock = (time: number) => Math.floor(time / settings.tick) * settings.tick
    const operation = record({
      id: operations.length,
      session,
      request,
      call: onClock(call),
      end: onClock(world.now()),
      answer,
      faults: [...(fault === undefined ? [] : [fault]), ...(killed ? ['kill'] : [])],
      final,
      versions: settings.versions,
    })
    operations.push(operation)
    remember(seenVersions, operation)
    return operation
  }

  function* openCart(session: string): Task {
    const number = made++
    const cart = { id: `c${number}`, customer: `u${number % 3}`, uses: 0 }
    const asked = { kind: 'create', cart: cart.id, customer: cart.customer } as const
    opening++
    const created = yield* attempt(session, asked)
    opening--
    if (created.status !== 'ok') return
    all.push(cart)
    open.push(cart)
  }

  function* client(session: string): Task {
    yield world.latency(0, 3000)
    for (let done = 0; done < settings.operations; ) {
      yield world.latency(50, 1500)
      if (open.length + opening < settings.carts) yield* openCart(session)
      const cart = open[world.integer(0, open.length - 1)]
      if (cart === undefined) continue
      done++
      const asked = draw(world, settings, cart, open, seenVersions.get(`${session} ${cart.id}`))
      cart.uses++
      const operation = yield* attempt(session, asked)
      if (endsCart(operation) || cart.uses > settings.cartLife) close(open, cart)
      const source = open.find(({ id }) => id === operation.from)
      if (source !== undefined) close(open, source)
    }
    running--
  }

  /** Retries a change under the same key if its response was lost. */
  function* attempt(session: string, asked: Asked): Task<Operation> {
    const changes = asked.kind !== 'get' && asked.kind !== 'list'
    const keyed = settings.keys && changes && world.chance(0.8)
    const request = keyed ? { ...asked, key: `k${keys++}` } : asked
    let operation = yield* send(session, request)
    for (let again = 0; keyed && again < 2 && operation.status === 'info'; again++) {
      operation = yield* send(session, request)
    }
    return operation
  }

  function* killNow(): Task {
    yield 25e6
    while (running > 0) {
      lastKill = world.now()
      store.kill?.()
      yield world.latency(20_000, 90_000)
    }
  }

  if (settings.faults) world.start(killNow())
  return {
    operations,
    startClient: (number) => world.start(client(`s${number}`)),
    *readInTheEnd() {
      yield 1e9
      for (const { id } of all) {
        yield* send('final', { kind: 'get', cart: id, read: 'strong' }, true)
        yield* send('final', { kind: 'get', cart: id, read: 'eventual' }, true)
      }
      for (const customer of ['u0', 'u1', 'u2']) {
        yield* send('final', { kind: 'list', cart: '', customer, read: 'strong' }, true)
      }
    },
  }
}

function endsCart({ kind, status }: Operation): boolean {
  return status === 'ok' && (kind === 'checkout' || kind === 'delete')
}

function close(open: OpenCart[], cart: OpenCart): void {
  const at = open.indexOf(cart)
  if (at >= 0) open.splice(at, 1)
}

function remember(seen: Map<string, number>, { session, cart, version }: Operation): void {
  if (version === undefined) return
  const name = `${session} ${cart}`
  seen.set(name, Math.max(seen.get(name) ?? 0, version))
}

function record(taken: {
  readonly id: number
  readonly session: string
  readonly request: Request
  readonly call: number
  readonly end: number
  readonly answer: Answer | undefined
  readonly faults: readonly string[]
  readonly final: boolean
  readonly versions: boolean
}): Operation {
  const { id, session, request, call, end, answer, faults, final, versions } = taken
  const { clock: _, lines, ...asked } = request
  const listed = answer?.carts?.map(({ version, ...cart }) =>
    versions ? { ...cart, version } : cart,
  )
  return {
    ...asked,
    id,
    session,
    process: `i${(Number(session.slice(1)) || 0) % 2}`,
    intended: call,
    call,
    return: end,
    status: statusOf(answer, faults),
    error: answer?.error,
    lines: lines ?? answer?.lines,
    version: versions ? answer?.version : undefined,
    min_version: versions ? asked.min_version : undefined,
    cart_status: answer?.cart_status,
    carts: listed,
    final: final ? true : undefined,
    faults: faults.length === 0 ? undefined : faults,
  }
}
