import type { History, Operation } from '../../../lab/history/operation.ts'
import { type Answer, atomicStore, type Request, type Store } from './store.ts'
import { createWorld, type Task, type World } from './world.ts'

export interface Simulation {
  readonly seed: number
  /** 10, as `pushcart consistency` has by default. */
  readonly clients?: number
  /** Operations of each client. */
  readonly operations?: number
  /** Carts that are in use at once. */
  readonly carts?: number
  /** After so many operations a cart is left alone and a new one takes its place. */
  readonly cartLife?: number
  readonly products?: number
  /** Whether the service has versions, and keys; both by default. */
  readonly versions?: boolean
  readonly keys?: boolean
  /** Whether requests and answers get lost, doubled and refused, and the store is killed. */
  readonly faults?: boolean
  /** Only these kinds, evenly; a cart's whole range by default. */
  readonly kinds?: readonly Operation['kind'][]
  readonly store?: (world: World) => Store
}

export const FAULTS = ['request_dropped', 'reply_dropped', 'duplicate_delivery', 'busy', 'kill']

/** Share of the operations that each fault of the network meets. */
const FAULT_SHARE = 0.015

/** Kinds as often as they occur in the workload. */
const MIX: readonly Operation['kind'][] = [
  ...Array<Operation['kind']>(40).fill('get'),
  ...Array<Operation['kind']>(36).fill('add'),
  ...Array<Operation['kind']>(5).fill('set'),
  ...Array<Operation['kind']>(6).fill('remove'),
  ...Array<Operation['kind']>(1).fill('empty'),
  ...Array<Operation['kind']>(3).fill('merge'),
  ...Array<Operation['kind']>(4).fill('checkout'),
  ...Array<Operation['kind']>(1).fill('delete'),
  ...Array<Operation['kind']>(4).fill('list'),
]

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
    kinds: MIX,
    store: atomicStore,
    ...simulation,
  }
  const world = createWorld(settings.seed)
  const run = createRun(world, settings)
  for (let client = 0; client < settings.clients; client++) run.startClient(client)
  world.run()
  world.start(run.lookAtTheEnd())
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

interface Run {
  readonly operations: Operation[]
  startClient(client: number): void
  lookAtTheEnd(): Task
}

interface OpenCart {
  readonly id: string
  readonly customer: string
  uses: number
}

function createRun(world: World, settings: Required<Simulation>): Run {
  const store = settings.store(world)
  const operations: Operation[] = []
  const open: OpenCart[] = []
  const all: OpenCart[] = []
  const seenVersions = new Map<string, number>()
  let lastKill = -1e12
  let running = settings.clients
  let keys = 0
  let made = 0

  /** Sends one request and records what came of it, as far as the client can tell. */
  function* send(session: string, asked: Asked, final = false): Task<Operation> {
    const call = world.now()
    const skew = (Number(session.slice(1)) || 0) % 2 === 0 ? 0 : 3e6
    const request: Request = { ...asked, clock: call + skew }
    const fault = settings.faults && !final ? drawFault(world, request) : undefined
    yield world.latency(20, 300)
    const answer = yield* deliver(world, store, request, fault)
    yield world.latency(20, 300)
    const killed = lastKill >= call
    const operation = record({
      id: operations.length,
      session,
      request,
      call,
      end: world.now(),
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
    const created = yield* attempt(session, asked)
    if (created.status !== 'ok') return
    all.push(cart)
    open.push(cart)
  }

  function* client(session: string): Task {
    yield world.latency(0, 3000)
    for (let done = 0; done < settings.operations; done++) {
      yield world.latency(50, 1500)
      if (open.length < settings.carts) yield* openCart(session)
      const cart = open[world.integer(0, open.length - 1)]
      if (cart === undefined) continue
      const asked = draw(world, settings, cart, open, seenVersions.get(`${session} ${cart.id}`))
      cart.uses++
      const operation = yield* attempt(session, asked)
      if (endsCart(operation) || cart.uses > settings.cartLife) close(open, cart)
      const source = open.find(({ id }) => id === operation.from)
      if (source !== undefined) close(open, source)
    }
    running--
  }

  /** Sends a change again, under the same key, when its answer was lost. */
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
    *lookAtTheEnd() {
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

type Asked = Omit<Request, 'clock'>

function draw(
  world: World,
  { kinds, products, versions }: Required<Simulation>,
  { id, customer }: OpenCart,
  open: readonly OpenCart[],
  seen: number | undefined,
): Asked {
  const kind = kinds[world.integer(0, kinds.length - 1)] ?? 'get'
  // Products below the middle are only ever added to, so that their quantities can tell without versions.
  const growing = (): string => `p${world.integer(1, Math.ceil(products / 2))}`
  const any = (): string => `p${world.integer(Math.ceil(products / 2) + 1, products)}`
  const quantity = world.integer(1, 5)
  switch (kind) {
    case 'add':
      return {
        kind,
        cart: id,
        lines: drawLines(world, products, world.chance(0.6) ? growing : any, quantity),
      }
    case 'set':
      return { kind, cart: id, lines: [[any(), quantity]] }
    case 'remove':
      return { kind, cart: id, product: any() }
    case 'merge': {
      const source = open[world.integer(0, open.length - 1)]
      if (source === undefined || source.id === id) return { kind: 'get', cart: id, read: 'strong' }
      return { kind, cart: id, from: source.id, strategy: 'sum' }
    }
    case 'list':
      return { kind, cart: '', customer, read: 'strong' }
    case 'get': {
      const drawn = (['strong', 'strong', 'session', 'eventual'] as const)[world.integer(0, 3)]
      // Without versions a session has nothing to ask for.
      const read = drawn === 'session' && !versions ? 'eventual' : drawn
      return { kind, cart: id, read, min_version: read === 'session' ? seen : undefined }
    }
    default:
      return { kind, cart: id, customer }
  }
}

function drawLines(
  world: World,
  products: number,
  product: () => string,
  quantity: number,
): NonNullable<Operation['lines']> {
  if (products < 4 || world.chance(0.8)) return [[product(), quantity]]
  const first = world.integer(1, products - 2)
  return [0, 1, 2].map((more) => [`p${first + more}`, quantity] as const)
}

function endsCart({ kind, status }: Operation): boolean {
  return status === 'ok' && (kind === 'checkout' || kind === 'delete')
}

function close(open: OpenCart[], cart: OpenCart): void {
  const at = open.indexOf(cart)
  if (at >= 0) open.splice(at, 1)
}

function drawFault(world: World, { kind, key }: Request): string | undefined {
  const draw = world.integer(0, 9999) / 10_000 / FAULT_SHARE
  if (draw >= 4) return undefined
  const fault = FAULTS[Math.floor(draw)]
  if (fault !== 'duplicate_delivery') return fault
  return key === undefined || kind === 'get' ? undefined : fault
}

/** `undefined` where no answer came. */
function* deliver(
  world: World,
  store: Store,
  request: Request,
  fault: string | undefined,
): Task<Answer | undefined> {
  if (fault === 'busy') return { error: 'busy' }
  if (fault === 'request_dropped') {
    yield 10e6
    return undefined
  }
  if (fault === 'duplicate_delivery') world.start(deliverAgain(world, store, request))
  const answer = yield* store.handle(request)
  if (fault !== 'reply_dropped') return answer
  yield 10e6
  return undefined
}

function* deliverAgain(world: World, store: Store, request: Request): Task {
  yield world.latency(10, 2000)
  yield* store.handle(request)
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

/** A refusal is not the last word on a request that was delivered twice: the other copy may still be taken. */
function statusOf(answer: Answer | undefined, faults: readonly string[]): Operation['status'] {
  if (answer === undefined) return 'info'
  if (answer.error === undefined) return 'ok'
  return faults.includes('duplicate_delivery') ? 'info' : 'fail'
}
