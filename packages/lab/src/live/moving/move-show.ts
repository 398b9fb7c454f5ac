import type { CartClient } from '../../cart-api/cart-client.ts'
import { LabError } from '../../errors/lab-error.ts'
import type { MoveFrame, MovePhase } from '../protocol.ts'
import type { Actor } from '../server/actor.ts'
import { type MoveAction, type Mover, startMover } from './mover.ts'
import type { MovingShop } from './moving-shop.ts'
import type { Populations } from './populations.ts'

/** The shop whose carts move, while shoppers go on. */
export interface MoveShow extends AsyncDisposable {
  /** @throws LabError when it cannot be done in this phase */
  act(action: MoveAction | 'open' | 'close'): Promise<void>
  /** Counts carts; call it about once per second. */
  watch(): Promise<void>
  frame(): Omit<MoveFrame, 'check'> | null
}

export interface MoveShowOptions {
  open(): Promise<MovingShop>
  /** Lets shoppers into the shop. */
  enter(shop: MovingShop): Promise<Actor>
  readonly size: MovingSize
}

export interface MovingSize {
  /** Carts that the shop has when it opens. */
  readonly carts: number
  /** Carts that the mover moves per second. */
  readonly per_second: number
  readonly shoppers: number
}

/** A move takes about 15 s, so that one can watch it. */
export const MOVING_SIZE: MovingSize = { carts: 600, per_second: 40, shoppers: 30 }

const FILLERS = 12

/** Phases in which an action makes sense. */
const ALLOWED: Readonly<Record<MoveAction, readonly MovePhase[]>> = {
  start: ['stay', 'ready', 'moving'],
  back: ['moving', 'returning'],
  finish: ['moving'],
}

interface Opened {
  readonly shop: MovingShop
  readonly actor: Actor
  readonly stack: AsyncDisposableStack
  populations: Populations
  phase: MovePhase
  perSecond: number | null
  mover: Mover | undefined
  action: MoveAction | null
  problem: string | null
}

export function openMoveShow({ open, enter, size }: MoveShowOptions): MoveShow {
  let opened: Opened | undefined
  let opening = false

  async function openShop(): Promise<void> {
    if (opened !== undefined || opening) throw new LabError('the shop is open already')
    opening = true
    const stack = new AsyncDisposableStack()
    try {
      const shop = stack.use(await open())
      const actor = stack.use(await enter(shop))
      await fill(actor.client, size.carts)
      actor.shoppers.set(size.shoppers, 'shopping')
      const populations = await shop.census.count()
      opened = {
        ...{ shop, actor, stack, populations, phase: 'stay', perSecond: null },
        ...{ mover: undefined, action: null, problem: null },
      }
    } catch (error) {
      await stack.disposeAsync()
      throw error
    } finally {
      opening = false
    }
  }

  async function closeShop(): Promise<void> {
    const closing = opened
    opened = undefined
    if (closing === undefined) return
    await closing.mover?.[Symbol.asyncDispose]()
    await closing.stack.disposeAsync()
  }

  function move(action: MoveAction): void {
    const shop = opened
    if (shop === undefined) throw new LabError('open the shop first')
    if (shop.action !== null) throw new LabError(`\`pushcart move ${shop.action}\` is running`)
    if (!ALLOWED[action].includes(shop.phase))
      throw new LabError(`\`pushcart move ${action}\` makes no sense in phase ${shop.phase}`)
    shop.action = action
    shop.problem = null
    const mover = startMover(action, shop.shop.settings, size.per_second, ({ per_second }) => {
      shop.perSecond = per_second
    })
    shop.mover = mover
    const ended = (problem: string | null) => {
      Object.assign(shop, { action: null, mover: undefined, perSecond: null, problem })
    }
    mover.done.then(
      () => ended(null),
      (error: Error) => ended(error.message),
    )
  }

  return {
    async act(action) {
      if (action === 'open') return openShop()
      if (action === 'close') return closeShop()
      move(action)
    },
    async watch() {
      const shop = opened
      if (shop === undefined) return
      const [populations, phase] = await Promise.all([
        shop.shop.census.count().catch(() => shop.populations),
        phaseOf(shop.actor.client).catch(() => undefined),
      ])
      shop.populations = populations
      shop.phase = phase ?? shop.phase
    },
    frame() {
      if (opened === undefined) return null
      const { populations, phase, perSecond, action, problem, actor } = opened
      const tally = actor.takeTally()
      return {
        phase,
        ...populations,
        per_second: perSecond,
        action,
        problem,
        shoppers: size.shoppers,
        ...tally,
      }
    },
    [Symbol.asyncDispose]: closeShop,
  }
}

/** Carts of customers who are not in the shop now. */
async function fill(client: CartClient, carts: number): Promise<void> {
  let left = carts
  async function filler(place: number): Promise<void> {
    while (left-- > 0) {
      const { cart } = await client.ask('create', { customer: `away-${place}` })
      if (cart !== undefined)
        await client.ask('add', { cart, product: 1 + (left % 8), quantity: 1 })
    }
  }
  await Promise.all(Array.from({ length: FILLERS }, (_, place) => filler(place)))
}

async function phaseOf(client: CartClient): Promise<MovePhase | undefined> {
  const { body } = await client.ask('health', {})
  return (body as { readonly move?: { readonly phase?: MovePhase } } | undefined)?.move?.phase
}
