import { setTimeout as sleep } from 'node:timers/promises'
import { isRead, type Operation } from '@pushcart/histories'
import { type Access, productsOf } from '../../cart-api/access.ts'
import type { Abilities } from '../../consistency/record/abilities.ts'
import type { Invocation } from '../../consistency/record/invocation.ts'
import { createRecorder, type Instance } from '../../consistency/record/recorder.ts'
import { openWorkload, PRODUCTS } from '../../consistency/record/workload.ts'
import { createRandom } from '../../random/random.ts'
import { LIVE_MIXES } from './mixes.ts'

/** Shoppers who share a cart: they act at the same moment, so that their changes meet. */
export const FAMILY = 3
/** Average pause between the turns of a family: each shopper makes one request per second. */
const TURN_MS = 1000
/** A family finishes its cart after so many turns. */
const TURNS = [3, 10] as const
const ATTEMPTS = 3
const REST_MS = 100

export interface FamilyOptions {
  readonly access: Access
  readonly abilities: Abilities
  readonly seed: number
  readonly number: number
  /** Unique on this side. */
  readonly customer: () => string
  readonly now: () => number
  /** Where requests go now. */
  readonly instance: () => Instance
  readonly faults: () => readonly string[]
  readonly mix: () => string
  /** How many of the family shop now; 0 ends it. */
  readonly members: () => number
  readonly onOperation: (operation: Operation) => void
  /** Called with all operations of a cart, when the family has finished with it. */
  readonly onCart: (operations: readonly Operation[]) => void
}

/** Lets a family shop: cart after cart, until it has no members. */
export async function runFamily(options: FamilyOptions): Promise<void> {
  const { number, seed, members } = options
  const random = createRandom(seed, `family ${number}`)
  // Families do not start in step.
  await sleep(random.fraction() * TURN_MS)
  for (let cart = 0; members() > 0; cart++) {
    const alive = await shop(options, createRandom(seed, `family ${number} cart ${cart}`))
    if (!alive) await sleep(TURN_MS)
  }
}

/** @returns whether the service created a cart */
async function shop(options: FamilyOptions, random: ReturnType<typeof createRandom>) {
  const { access, abilities, members, instance, now, onOperation } = options
  const recorder = createRecorder({
    abilities,
    now,
    faultsDuring: () => options.faults(),
    write: async () => {},
  })
  const workload = openWorkload(random, abilities, {
    alwaysKeyed: false,
    products: productsOf(access).slice(0, PRODUCTS).map(String),
    singleUnits: access.singleUnits,
    mix: LIVE_MIXES[options.mix()],
  })
  const customer = options.customer()
  let keys = 0

  /** A change with a key is repeated while its outcome is unknown, as a careful client does. */
  async function send(session: string, invocation: Invocation): Promise<Operation> {
    const keyable = invocation.kind !== 'create' || abilities.keyedCreates
    const keyed = !isRead(invocation) && keyable && workload.keyed()
    const request = keyed ? { ...invocation, key: `${customer}-${keys++}` } : invocation
    for (let attempt = 1; ; attempt++) {
      const operation = await recorder.send(session, request, instance())
      onOperation(operation)
      if (operation.status !== 'info' || !keyed || attempt === ATTEMPTS) return operation
      await sleep(REST_MS)
    }
  }

  const created = await send('s0', { kind: 'create', cart: '', customer })
  if (created.status !== 'ok') return false
  const cart = { id: created.cart, customer, uses: 0 }
  const turns = random.integer(...TURNS)
  let open = true
  for (let turn = 0; turn < turns && open && members() > 0; turn++) {
    await sleep((0.5 + random.fraction()) * TURN_MS)
    const invocations = Array.from({ length: members() }, (_, member) =>
      workload.draw(cart, [cart], recorder.seen(`s${member}`, cart.id)),
    )
    const done = await Promise.all(
      invocations.map((invocation, member) => send(`s${member}`, invocation)),
    )
    open = !done.some(({ kind, status }) => status === 'ok' && ENDS.has(kind))
  }
  await readAtEnd()
  options.onCart([...recorder.operations].sort((a, b) => a.call - b.call))
  return true

  async function readAtEnd(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const read = { kind: 'get', cart: cart.id, read: 'strong' } as const
      const { status } = await recorder.send('final', read, instance(), true)
      if (status !== 'info') return
      await sleep(REST_MS * 5)
    }
  }
}

const ENDS: ReadonlySet<string> = new Set(['checkout', 'delete'])
