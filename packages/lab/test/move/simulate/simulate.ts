import type { History, Operation } from '@pushcart/histories'
import { openMemoryStore } from '../../../../service/src/store/memory/memory-store.ts'
import {
  MOVING_PARTS,
  type MovingParts,
} from '../../../../service/src/store/moving/moving-parts.ts'
import type { Pair } from '../../../../service/src/store/moving/pair.ts'
import type { Sleep } from '../../../../service/test/move/wrong/wrong-movers.ts'
import { MOVE_WORKLOAD } from '../../../src/commands/consistency-move.ts'
import type { Invocation } from '../../../src/consistency/record/invocation.ts'
import {
  type OpenCart,
  openWorkload,
  type Workload,
} from '../../../src/consistency/record/workload.ts'
import { createRandom } from '../../../src/random/random.ts'
import { ALL_ABILITIES } from '../../support/all-abilities.ts'
import { openInstance, runMover, type SimulatedInstance } from './fleet.ts'
import { invoke } from './invoke.ts'
import { openScheduler, type Scheduler } from './scheduler.ts'

export interface Simulation {
  readonly seed: number
  /** Of a deliberately faulty mover. */
  readonly parts?: ((sleep: Sleep) => MovingParts) | undefined
}

export interface Simulated {
  readonly history: History
  /** What a mover said that it must not say. */
  readonly failures: readonly string[]
}

const CLIENTS = 10
const BACKGROUND = 30
const OPEN = 10
/** Changes that a client may repeat much later under their keys. */
const RECENT = 12
const PRODUCTS = ['1', '2', '3', '4', '5', '6', '7', '8']
const CARTS_OF_CUSTOMER = 10
const T0 = Date.UTC(2026, 0, 1)
/** A mover that is never killed. */
const FOREVER = 1e9

/**
 * The history of a fleet whose carts move between two databases in memory, to and fro, from a seed alone: the stores of a
 * moving pair and the mover of this project, clients as in a recording, lost responses, movers and instances that are killed,
 * and an instance that takes no part. It ends in the middle of a move.
 */
export async function simulate({ seed, parts }: Simulation): Promise<Simulated> {
  const failures: string[] = []
  const scheduler = openScheduler(seed)
  const own = parts?.((ms) => scheduler.turn(ms / 10)) ?? MOVING_PARTS
  const pair: Pair = { source: openMemoryStore(), destination: openMemoryStore() }
  const fleet = { pair, parts: own, scheduler }
  const instances = [openInstance('i0', fleet), openInstance('i1', fleet)]
  const old = openInstance('old', fleet)
  const run = createRun(seed, scheduler, instances, old)
  const now = () => T0 + scheduler.now()
  const { random } = scheduler

  async function enter(phase: 'source' | 'destination' | 'stay'): Promise<void> {
    for (const instance of instances) await instance.enter(phase)
  }

  /** The first mover is killed, sometimes with another one beside it; the second one completes the work. */
  async function move(to: 'source' | 'destination'): Promise<void> {
    const beside = random.fraction() < 0.3 ? runMover(fleet, to, now, FOREVER) : undefined
    // Awaited below.
    beside?.catch(() => {})
    await runMover(fleet, to, now, random.integer(50, 1500)).catch(() => {})
    if (random.fraction() < 0.5) instances[random.integer(0, 1)]?.kill()
    await beside
    await runMover(fleet, to, now, FOREVER)
  }

  async function travel(): Promise<void> {
    await enter('source')
    await enter('destination')
    await move('destination')
    await scheduler.turn(500)
    await enter('source')
    await move('source')
    await enter('stay')
    await scheduler.turn(500)
    await enter('source')
    await enter('destination')
    await runMover(fleet, 'destination', now, random.integer(300, 600)).catch(() => {})
  }

  async function direct(): Promise<void> {
    await run.fill()
    const clients = run.clients()
    // The mover itself finds some faults, and goes no further; what the clients see then counts.
    await travel().catch((error) => failures.push(String(error)))
    await scheduler.turn(500)
    run.stop()
    await clients
    await run.finalReads()
  }

  await scheduler.run(direct())
  const history: History = {
    header: {
      format: 'pushcart-history',
      format_version: 1,
      seed,
      service: { name: 'a simulated fleet', versions: true, keys: true },
      may_refuse: [old.name],
      faults: [],
    },
    operations: run.operations.sort((a, b) => a.call - b.call),
  }
  return { history, failures }
}

function createRun(
  seed: number,
  scheduler: Scheduler,
  instances: readonly SimulatedInstance[],
  old: SimulatedInstance,
) {
  const operations: Operation[] = []
  const open: OpenCart[] = []
  const background: OpenCart[] = []
  const all: { readonly cart: string; readonly customer: string }[] = []
  const seen = new Map<string, number>()
  let [made, keys, ticks, stopped] = [0, 0, 0, false]
  const first = instances[0] as SimulatedInstance

  async function send(
    session: string,
    invocation: Invocation,
    instance: SimulatedInstance,
    isLost: boolean,
    final = false,
  ): Promise<Operation> {
    const id = operations.length + 1
    const call = ++ticks
    const operation = { id, session, process: instance.name, intended: call, call }
    // The place in the list is that of the call: ids are unique at once.
    const at = operations.push({ ...operation, ...invocation, return: call, status: 'info' }) - 1
    const moment = T0 + scheduler.now()
    const completion = await instance
      .call((store) => invoke(store, invocation, moment))
      .catch(() => ({ cart: invocation.cart, status: 'info' as const }))
    const shown = isLost ? { cart: invocation.cart, status: 'info' as const } : completion
    const recorded: Operation = {
      ...operation,
      ...invocation,
      ...shown,
      return: ++ticks,
      lines: invocation.lines ?? ('lines' in shown ? shown.lines : undefined),
      final: final || undefined,
    }
    operations[at] = recorded
    if (recorded.version !== undefined) {
      const name = `${session} ${recorded.cart}`
      seen.set(name, Math.max(seen.get(name) ?? 0, recorded.version))
    }
    return recorded
  }

  function pickInstance({ pick }: Workload): SimulatedInstance {
    if (pick(6) === 0) return old
    return instances[pick(instances.length)] ?? first
  }

  /** Repeats a change under its key while its response is lost. */
  async function attempt(session: string, drawn: Invocation, workload: Workload) {
    const isChange = drawn.kind !== 'get' && drawn.kind !== 'list'
    const request = isChange ? { ...drawn, key: `k${keys++}` } : drawn
    let operation: Operation | undefined
    for (let tries = 0; tries < 4 && operation?.status !== 'ok'; tries++) {
      if (tries > 0 && (operation?.status === 'fail' || !isChange)) break
      operation = await send(session, request, pickInstance(workload), workload.chance(0.05))
    }
    return operation as Operation
  }

  async function openCart(session: string, workload: Workload): Promise<void> {
    const customer = `c${Math.floor(made++ / CARTS_OF_CUSTOMER)}`
    const created = await attempt(session, { kind: 'create', cart: '', customer }, workload)
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

  /** The cart of the next operation of a client, and those that it can be merged with. */
  function pickCart({ pick }: Workload): { cart: OpenCart | undefined; others: OpenCart[] } {
    const used = pick(5) === 0 || open.length === 0 ? background : open
    const sources = [1, 2, 3].flatMap(() => background[pick(background.length)] ?? [])
    return { cart: used[pick(used.length)], others: [...open.slice(0, 1), ...sources] }
  }

  async function step(session: string, workload: Workload, recent: Operation[]): Promise<void> {
    const earlier = recent[workload.pick(recent.length)]
    if (earlier !== undefined && workload.chance(0.1)) {
      const { kind, cart, lines, product, if_version, key } = earlier
      const again = { kind, cart, lines, product, if_version, key }
      await send(`${session}r`, again, pickInstance(workload), false)
      return
    }
    if (open.length < OPEN) await openCart(session, workload)
    const { cart, others } = pickCart(workload)
    if (cart === undefined) return
    const drawn = workload.draw(cart, others, seen.get(`${session} ${cart.id}`))
    cart.uses += 1
    const operation = await attempt(session, drawn, workload)
    const isRepeatable = operation.status === 'ok' && operation.key !== undefined
    if (isRepeatable && operation.kind !== 'merge') recent.push(operation)
    if (recent.length > RECENT) recent.shift()
    closeAfter(operation, cart)
  }

  /** Closes the carts that an operation has ended, or may have. */
  function closeAfter({ kind, status, from }: Operation, { id, uses }: OpenCart): void {
    const ends = kind === 'checkout' || kind === 'delete'
    if ((status === 'ok' && ends) || uses > MOVE_WORKLOAD.cartLife) close(id)
    if (kind === 'merge' && status !== 'fail') close(from)
  }

  async function client(n: number): Promise<void> {
    const workload = openWorkload(createRandom(seed, `client ${n}`), ALL_ABILITIES, {
      alwaysKeyed: true,
      products: PRODUCTS,
      singleUnits: false,
      mix: MOVE_WORKLOAD.mix,
    })
    const recent: Operation[] = []
    while (!stopped) {
      await scheduler.turn(workload.pick(20))
      await step(`s${n}`, workload, recent)
    }
  }

  return {
    operations,
    async fill() {
      for (let n = 0; n < BACKGROUND; n++) {
        const customer = `c${Math.floor(made++ / CARTS_OF_CUSTOMER)}`
        const create = { kind: 'create', cart: '', customer, key: `k${keys++}` } as const
        const { cart } = await send('fill', create, first, false)
        all.push({ cart, customer })
        background.push({ id: cart, customer, uses: 0 })
        const lines = [[PRODUCTS[n % PRODUCTS.length] ?? '', 2]] as const
        await send('fill', { kind: 'add', cart, lines, key: `k${keys++}` }, first, false)
      }
    },
    clients: () => Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n))),
    stop() {
      stopped = true
    },
    async finalReads() {
      for (const { cart } of all)
        for (const read of ['strong', 'eventual'] as const)
          await send('final', { kind: 'get', cart, read }, first, false, true)
      for (const customer of new Set(all.map((one) => one.customer))) {
        const list = { kind: 'list', cart: '', customer, read: 'eventual' } as const
        await send('final', list, first, false, true)
      }
    },
  }
}
