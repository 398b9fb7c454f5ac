import type { Operation } from '@pushcart/histories'
import type { Completion } from '../../../src/consistency/record/completion.ts'
import type { Invocation } from '../../../src/consistency/record/invocation.ts'
import {
  type KindMix,
  type OpenCart,
  openWorkload,
  type Workload,
} from '../../../src/consistency/record/workload.ts'
import { createRandom } from '../../../src/random/random.ts'
import { ALL_ABILITIES } from '../../support/all-abilities.ts'
import type { Instance } from './service.ts'
import type { World } from './world.ts'

const CLIENTS = 8
const OPEN = 6
const CART_LIFE = 40
/** A client gives up after this time, milliseconds. */
const PATIENCE_MS = 2500
const CARTS_OF_CUSTOMER = 6
const PRODUCTS = ['1', '2', '3', '4', '5', '6', '7', '8']
const MIX: KindMix = {
  get: 36,
  add: 34,
  set: 6,
  remove: 6,
  empty: 1,
  merge: 7,
  checkout: 4,
  delete: 1,
  list: 5,
}
export const T0 = Date.UTC(2026, 0, 1)

/** An operation with the simulated times of its call and its return, milliseconds. */
export interface Timed {
  readonly operation: Operation
  readonly from: number
  readonly to: number
}

export interface Clients {
  readonly timed: readonly Timed[]
  /** Resolves after `stop`. */
  run(): Promise<unknown>
  stop(): void
  /** Every cart, strongly and eventually, and the lists of all customers, through that instance. */
  finalReads(instance: Instance): Promise<void>
}

/**
 * Clients as in a recording. Each shops in one region, and sometimes, as after a journey, in another one.
 *
 * @param instances those that serve by now
 */
export function openClients(
  seed: number,
  { scheduler }: World,
  instances: () => readonly Instance[],
): Clients {
  const timed: Timed[] = []
  const open: OpenCart[] = []
  const all: { readonly cart: string; readonly customer: string }[] = []
  const seen = new Map<string, number>()
  let [made, keys, ticks, calls, isStopped] = [0, 0, 0, 0, false]

  async function send(
    session: string,
    invocation: Invocation,
    instance: Instance,
    { isLost = false, final = false } = {},
  ): Promise<Operation> {
    const id = ++calls
    const call = ++ticks
    const from = scheduler.now()
    const unknown: Completion = { cart: invocation.cart, status: 'info' }
    const completion = await Promise.race([
      instance.execute(invocation, T0 + from),
      scheduler.turn(PATIENCE_MS).then(() => unknown),
    ])
    const shown: Completion = isLost ? unknown : completion
    const operation: Operation = {
      id,
      session,
      process: instance.name,
      intended: call,
      call,
      ...invocation,
      ...shown,
      return: ++ticks,
      lines: invocation.lines ?? shown.lines,
      final: final || undefined,
    }
    timed.push({ operation, from, to: scheduler.now() })
    if (operation.version !== undefined) {
      const name = `${session} ${operation.cart}`
      seen.set(name, Math.max(seen.get(name) ?? 0, operation.version))
    }
    return operation
  }

  function pickInstance(n: number, { pick, chance }: Workload): Instance {
    const serving = instances()
    const regions = [...new Set(serving.map(({ region }) => region))]
    const near = regions[(chance(0.25) ? n + 1 : n) % regions.length]
    const there = serving.filter(({ region }) => region === near)
    return there[pick(there.length)] as Instance
  }

  /** Repeats a change under its key while its response is lost. */
  async function attempt(n: number, drawn: Invocation, workload: Workload): Promise<Operation> {
    const isChange = drawn.kind !== 'get' && drawn.kind !== 'list'
    const request = isChange ? { ...drawn, key: `k${keys++}` } : drawn
    let operation: Operation | undefined
    for (let tries = 0; tries < 4; tries++) {
      const isLost = workload.chance(0.04)
      operation = await send(`s${n}`, request, pickInstance(n, workload), { isLost })
      // As the service asks with Retry-After.
      if (operation.status === 'info') await scheduler.turn(400)
      if (operation.status !== 'info' || !isChange) break
    }
    return operation as Operation
  }

  async function openCart(n: number, workload: Workload): Promise<void> {
    const customer = `c${Math.floor(made++ / CARTS_OF_CUSTOMER)}`
    const created = await attempt(n, { kind: 'create', cart: '', customer }, workload)
    if (created.status !== 'ok') return
    all.push({ cart: created.cart, customer })
    open.push({ id: created.cart, customer, uses: 0 })
  }

  function close(id: string | undefined): void {
    const at = open.findIndex((cart) => cart.id === id)
    if (at >= 0) open.splice(at, 1)
  }

  async function step(n: number, workload: Workload): Promise<void> {
    if (open.length < OPEN) await openCart(n, workload)
    const cart = open[workload.pick(open.length)]
    if (cart === undefined) return
    const others = open.filter((other) => other !== cart)
    const drawn = workload.draw(cart, others, seen.get(`s${n} ${cart.id}`))
    cart.uses += 1
    const { kind, status, from } = await attempt(n, drawn, workload)
    const ends = kind === 'checkout' || kind === 'delete'
    if ((status === 'ok' && ends) || cart.uses > CART_LIFE) close(cart.id)
    if (kind === 'merge' && status !== 'fail') close(from)
  }

  async function client(n: number): Promise<void> {
    const workload = openWorkload(createRandom(seed, `client ${n}`), ALL_ABILITIES, {
      alwaysKeyed: true,
      products: PRODUCTS,
      singleUnits: false,
      mix: MIX,
    })
    while (!isStopped) {
      await scheduler.turn(workload.pick(30))
      await step(n, workload)
    }
  }

  return {
    timed,
    run: () => Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n))),
    stop() {
      isStopped = true
    },
    async finalReads(instance) {
      for (const { cart } of all)
        for (const read of ['strong', 'eventual'] as const)
          await send('final', { kind: 'get', cart, read }, instance, { final: true })
      for (const customer of new Set(all.map((one) => one.customer))) {
        const list = { kind: 'list', cart: '', customer, read: 'eventual' } as const
        await send('final', list, instance, { final: true })
      }
    },
  }
}
