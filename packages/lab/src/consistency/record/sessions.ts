import { setTimeout as sleep } from 'node:timers/promises'
import { isRead, type Operation } from '@pushcart/histories'
import { type Access, productsOf } from '../../cart-api/access.ts'
import { createRandom } from '../../random/random.ts'
import type { Abilities } from './abilities.ts'
import type { Invocation } from './invocation.ts'
import type { RecordOptions } from './record-options.ts'
import type { Instance, Recorder } from './recorder.ts'
import { type OpenCart, openWorkload, PRODUCTS, type Workload } from './workload.ts'

/** A cart is abandoned after so many operations, to keep the search for an order of its operations small. */
const CART_LIFE = 80
/** Carts of one customer: a list should fit on a page or two. */
const CARTS_OF_CUSTOMER = 20
const ATTEMPTS = 3
/** Pause after a lost response: a service that refuses connections must not get a thousand requests per second. */
const REST_MS = 50
/** A service that has not responded for so long is given up, counted from the end of the longest request. */
const SILENCE_MS = 10_000

export interface RunParts {
  readonly options: RecordOptions
  readonly abilities: Abilities
  readonly access: Access
  readonly recorder: Recorder
  readonly instances: readonly Instance[]
  /** The instance that reads from a replica. */
  readonly reading: Instance | undefined
  readonly now: () => number
  /** The first customer of this recording: its lists must not show carts of earlier recordings. */
  readonly customers: number
}

/** The sessions of a recording, and the reads after they have ended. */
export function createRun({
  options,
  abilities,
  access,
  recorder,
  instances,
  reading,
  now,
  customers,
}: RunParts) {
  const { clients, seed, seconds, signal, carts = 4, pauseMs = 5, settleMs = 2000 } = options
  const products = productsOf(access).slice(0, PRODUCTS).map(String)
  const open: OpenCart[] = []
  const all: { readonly cart: string; readonly customer: string }[] = []
  let made = 0
  let opening = 0
  let keys = 0
  const endsAt = seconds * 1e9
  const maxSilentMs = SILENCE_MS + (options.timeoutMs ?? 0)
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
    const at = open.findIndex((cart) => cart.id === id)
    if (at >= 0) open.splice(at, 1)
  }

  async function step(client: number, workload: Workload): Promise<void> {
    if (open.length + opening < carts) await openCart(client, workload)
    const cart = open[workload.pick(open.length)]
    if (cart === undefined) return rest(REST_MS).then(() => {})
    const invocation = workload.draw(cart, open, recorder.seen(`s${client}`, cart.id))
    cart.uses++
    const operation = await attempt(client, invocation, workload)
    const { kind, status, from } = operation
    const ends = kind === 'checkout' || kind === 'delete'
    if ((status === 'ok' && ends) || cart.uses > CART_LIFE) close(cart.id)
    if (kind === 'merge' && status !== 'fail') close(from)
    if (status === 'info') await rest(REST_MS)
  }

  async function session(client: number): Promise<void> {
    const workload = openWorkload(createRandom(seed, `session ${client}`), abilities, {
      alwaysKeyed: options.alwaysKeyed ?? false,
      products,
      singleUnits: access.singleUnits,
    })
    while (going()) {
      await rest(workload.pauseMs(pauseMs))
      await step(client, workload)
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

  async function readAll(worker: number, reads: Invocation[]): Promise<void> {
    const any = { pick: () => worker % instances.length }
    for (let invocation = reads.pop(); invocation !== undefined; invocation = reads.pop()) {
      for (let again = 0; again < ATTEMPTS && signal?.aborted !== true && isThere(); again++) {
        const instance = instanceFor(1, invocation, any)
        const { status } = await recorder.send(`final${worker}`, invocation, instance, true)
        if (status !== 'info') break
        await rest(REST_MS * 10)
      }
    }
  }

  return {
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
