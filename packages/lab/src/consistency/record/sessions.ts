import { setTimeout as sleep } from 'node:timers/promises'
import { isRead, type Operation } from '@pushcart/histories'
import { type Access, productsOf } from '../../cart-api/access.ts'
import { createRandom } from '../../random/random.ts'
import type { Abilities } from './abilities.ts'
import type { Invocation } from './invocation.ts'
import type { RecordOptions } from './record-options.ts'
import type { Instance, Recorder } from './recorder.ts'
import { type OpenCart, openWorkload, PRODUCTS, type Workload } from './workload.ts'

/** Operations of a cart, unless given. */
const CART_LIFE = 80
/** Carts of one customer: a list should fit on a page or two. */
const CARTS_OF_CUSTOMER = 20
const ATTEMPTS = 3
/** One request in so many goes to the instance that may refuse everything. */
const REFUSED_SHARE = 6
/** Acknowledged changes of a client that it may repeat under their keys. */
const RECENT = 12
/** One step in so many uses a background cart, if there are any. */
const BACKGROUND_SHARE = 4
/** Background carts that a merge can draw as its source. */
const BACKGROUND_SOURCES = 4
/** Pause after a lost response: a service that refuses connections must not get a thousand requests per second. */
const REST_MS = 50
/** A service that has not responded for so long is given up, unless given; counted from the end of the longest request. */
const SILENCE_MS = 10_000

export interface RunParts {
  readonly options: RecordOptions
  readonly abilities: Abilities
  readonly access: Access
  readonly recorder: Recorder
  readonly instances: readonly Instance[]
  /** The instance that reads from a replica. */
  readonly reading: Instance | undefined
  /** The instance that may refuse everything. */
  readonly refusing: Instance | undefined
  readonly now: () => number
  /** The first customer of this recording: its lists must not show carts of earlier recordings. */
  readonly customers: number
}

/** The response to a repeated merge has the version of the cart then, so it shows nothing. */
function isRepeatable({ kind, status, key }: Operation): boolean {
  return status === 'ok' && key !== undefined && kind !== 'merge'
}

/** The sessions of a recording, and the reads after they have ended. */
export function createRun({
  options,
  abilities,
  access,
  recorder,
  instances,
  reading,
  refusing,
  now,
  customers,
}: RunParts) {
  const { clients, seed, seconds, signal, carts = 4, pauseMs = 5, settleMs = 2000 } = options
  const { cartLife = CART_LIFE, lateRepeats = 0 } = options
  const products = productsOf(access).slice(0, PRODUCTS).map(String)
  const open: OpenCart[] = []
  const background: OpenCart[] = []
  const all: { readonly cart: string; readonly customer: string }[] = []
  let made = 0
  let opening = 0
  let keys = 0
  const endsAt = seconds * 1e9
  const maxSilentMs = (options.silenceMs ?? SILENCE_MS) + (options.timeoutMs ?? 0)
  const services = reading === undefined ? instances : [...instances, reading]
  let listeningSince = performance.now()
  let givenUp = false
  /** Whether any instance still responds now and then. */
  const isThere = () => {
    const heardAt = services.map(({ client }) => client.heardAt())
    if (performance.now() - Math.max(listeningSince, ...heardAt) <= maxSilentMs) return true
    if (!givenUp) options.onSilence?.(maxSilentMs)
    givenUp = true
    return false
  }
  const going = () =>
    now() < endsAt &&
    signal?.aborted !== true &&
    options.enough?.(recorder.operations) !== true &&
    isThere()
  const rest = (ms: number) => sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => {})

  /** Every other session stays at one instance; requests of the rest go to any, as behind a load balancer. */
  function instanceFor(
    client: number,
    invocation: Invocation,
    { pick }: Pick<Workload, 'pick'>,
  ): Instance {
    const eventual = invocation.kind === 'list' || invocation.read === 'eventual'
    if (reading !== undefined && eventual) return reading
    if (refusing !== undefined && pick(REFUSED_SHARE) === 0) return refusing
    const at = client % 2 === 0 ? (client / 2) % instances.length : pick(instances.length)
    return instances[at] ?? (instances[0] as Instance)
  }

  /** Repeats a change under its key while its response is lost. */
  async function attempt(
    client: number,
    invocation: Invocation,
    workload: Workload,
  ): Promise<Operation> {
    const session = `s${client}`
    const keyed =
      !isRead(invocation) &&
      invocation.key === undefined &&
      (invocation.kind !== 'create' || abilities.keyedCreates) &&
      workload.keyed()
    const request = keyed ? { ...invocation, key: `${customers}-${keys++}` } : invocation
    const send = (name: string) =>
      recorder.send(name, request, instanceFor(client, invocation, workload))
    const twin = keyed && workload.doubled() ? send(`${session}b`) : undefined
    let operation = await send(session)
    for (
      let again = 1;
      keyed && again < ATTEMPTS && operation.status === 'info' && going();
      again++
    ) {
      await rest(REST_MS)
      operation = await send(session)
    }
    await twin
    return operation
  }

  async function openCart(client: number, workload: Workload): Promise<void> {
    opening++
    const customer = String(customers + 1 + Math.floor(made++ / CARTS_OF_CUSTOMER))
    const created = await attempt(client, { kind: 'create', cart: '', customer }, workload)
    opening--
    if (created.status !== 'ok') return
    all.push({ cart: created.cart, customer })
    open.push({ id: created.cart, customer, uses: 0 })
  }

  function close(id: string | undefined): void {
    for (const list of [open, background]) {
      const at = list.findIndex((cart) => cart.id === id)
      if (at >= 0) list.splice(at, 1)
    }
  }

  /** The cart of the next operation, and the carts that it can be merged with. */
  function pickCart({ pick }: Workload): { cart: OpenCart | undefined; others: OpenCart[] } {
    if (background.length === 0) return { cart: open[pick(open.length)], others: open }
    const used = open.length === 0 || pick(BACKGROUND_SHARE) === 0 ? background : open
    const sources = Array.from({ length: BACKGROUND_SOURCES }, () => pick(background.length))
    // Few of them are in use: merges of carts in use make long chains, whose order would be searched as a whole.
    const others = [...open.slice(0, 1), ...sources.flatMap((at) => background[at] ?? [])]
    return { cart: used[pick(used.length)], others }
  }

  /** A client that never saw the response, or presses the button again: the change must not happen again. */
  async function repeat(client: number, change: Operation, workload: Workload): Promise<void> {
    const { kind, cart, customer, lines, product, from, strategy, if_version, key } = change
    const again = { kind, cart, customer, lines, product, from, strategy, if_version, key }
    await recorder.send(`s${client}r`, again, instanceFor(client, again, workload))
  }

  async function step(client: number, workload: Workload, recent: Operation[]): Promise<void> {
    if (open.length + opening < carts) await openCart(client, workload)
    const earlier = workload.chance(lateRepeats) ? recent[workload.pick(recent.length)] : undefined
    if (earlier !== undefined) return repeat(client, earlier, workload)
    const { cart, others } = pickCart(workload)
    if (cart === undefined) return rest(REST_MS).then(() => {})
    const invocation = workload.draw(cart, others, recorder.seen(`s${client}`, cart.id))
    cart.uses++
    const operation = await attempt(client, invocation, workload)
    if (isRepeatable(operation)) recent.push(operation)
    if (recent.length > RECENT) recent.shift()
    closeAfter(operation, cart)
    if (operation.status === 'info') await rest(REST_MS)
  }

  /** Closes the carts that an operation has ended, or may have. */
  function closeAfter({ kind, status, from }: Operation, { id, uses }: OpenCart): void {
    const ends = kind === 'checkout' || kind === 'delete'
    if ((status === 'ok' && ends) || uses > cartLife) close(id)
    if (kind === 'merge' && status !== 'fail') close(from)
  }

  async function session(client: number): Promise<void> {
    const workload = openWorkload(createRandom(seed, `session ${client}`), abilities, {
      alwaysKeyed: options.alwaysKeyed ?? false,
      products,
      singleUnits: access.singleUnits,
      mix: options.mix,
    })
    const recent: Operation[] = []
    while (going()) {
      await rest(workload.pauseMs(pauseMs))
      await step(client, workload, recent)
      options.onProgress?.(now() / 1e6, seconds * 1000)
    }
  }

  function finalReadsOf(): Invocation[] {
    const modes = abilities.modes ? (['strong', 'eventual'] as const) : (['strong'] as const)
    const [read = 'strong'] = modes.slice(-1)
    const customers = abilities.kinds.includes('list')
      ? new Set(all.map(({ customer }) => customer))
      : []
    return [
      ...all.flatMap(({ cart }) => modes.map((read) => ({ kind: 'get', cart, read }) as const)),
      ...[...customers].map((customer) => ({ kind: 'list', cart: '', customer, read }) as const),
    ]
  }

  function finalInstance({ kind, read }: Invocation, worker: number): Instance {
    if (reading !== undefined && (kind === 'list' || read === 'eventual')) return reading
    return instances[worker % instances.length] ?? (instances[0] as Instance)
  }

  async function readAll(worker: number, reads: Invocation[]): Promise<void> {
    for (let invocation = reads.pop(); invocation !== undefined; invocation = reads.pop()) {
      for (let again = 0; again < ATTEMPTS && signal?.aborted !== true && isThere(); again++) {
        const instance = finalInstance(invocation, worker)
        const { status } = await recorder.send(`final${worker}`, invocation, instance, true)
        if (status !== 'info') break
        await rest(REST_MS * 10)
      }
    }
  }

  /** Creates background carts with one line each, one after the other. */
  async function fillSome(worker: number, next: () => number | undefined): Promise<void> {
    const instance = instances[worker % instances.length] ?? (instances[0] as Instance)
    for (let n = next(); n !== undefined && signal?.aborted !== true; n = next()) {
      const customer = String(customers + 1 + Math.floor(made++ / CARTS_OF_CUSTOMER))
      const create = { kind: 'create', cart: '', customer } as const
      const { cart, status } = await recorder.send(`fill${worker}`, create, instance)
      if (status !== 'ok') continue
      all.push({ cart, customer })
      background.push({ id: cart, customer, uses: 0 })
      const product = products[n % products.length] ?? '1'
      const lines = [[product, access.singleUnits ? 1 : 1 + (n % 5)]] as const
      await recorder.send(`fill${worker}`, { kind: 'add', cart, lines }, instance)
    }
  }

  return {
    /** Creates the background carts. */
    async fill() {
      let left = options.background ?? 0
      const next = () => (left > 0 ? --left : undefined)
      await Promise.all(Array.from({ length: clients }, (_, worker) => fillSome(worker, next)))
    },
    async sessions() {
      await Promise.all(Array.from({ length: clients }, (_, client) => session(client)))
    },
    /** Reads the final state of every cart. */
    async finalReads() {
      await rest(settleMs)
      // An instance that was silent before gets another chance.
      listeningSince = performance.now()
      const reads = finalReadsOf()
      await Promise.all(Array.from({ length: clients }, (_, worker) => readAll(worker, reads)))
    },
  }
}
