import { Violation } from '../programs.ts'
import { type Explored, visitAll } from '../visit.ts'

/**
 * Movers with leases (`phase-lease.ts`) beside `pushcart move back` (`actions.ts`), and one cart
 * ============================================================================================
 *
 * The steps of a cart between the databases are those that `explore.ts` checks; here each is one step. What is checked is who may
 * begin one: a mover seals only by a lease of the phase, and `back` reports success only when nobody can.
 */
type Phase = 'moving' | 'returning' | 'stay'
/** In one of the databases, or sealed there on its way to the other. */
type Place = 'source' | 'leaving source' | 'destination' | 'leaving destination'

interface Mover {
  readonly at:
    | 'idle'
    | 'entered'
    | 'sealing'
    | 'sealed'
    | 'arrived'
    | 'taking back'
    | 'ended'
    | 'dead'
  /** What it knows of the record. */
  readonly phase: Phase
  readonly epoch: number
  /** Whether its lease is valid by its own clock. */
  readonly isValid: boolean
  /** Whether its lease has ended at a seal that had not been executed. */
  readonly wasFrozen: boolean
}

interface World {
  readonly phase: Phase
  readonly epoch: number
  /** The epoch that each registered mover has acknowledged; `undefined`: it is not registered. */
  readonly members: readonly (number | undefined)[]
  readonly movers: readonly Mover[]
  readonly cart: Place
  readonly back: 'begin' | 'wait' | 'collect' | 'look' | 'end' | 'wait again' | 'reported'
  /** How many crashes and pauses may still come. */
  readonly crashes: number
  readonly freezes: number
}

/** What a protocol may leave out, to see that the check finds it. */
export interface Protocol {
  /** Whether `back` waits for movers. */
  readonly waits: boolean
  /** Whether a mover asks for its lease again before each seal. */
  readonly asksBeforeSeal: boolean
  /** Whether a mover with a cart in hand delays its acknowledgement, and its end. */
  readonly delays: boolean
  /** Whether a mover without a lease looks again after a seal. */
  readonly confirms: boolean
}

export const LEASES: Protocol = {
  waits: true,
  asksBeforeSeal: true,
  delays: true,
  confirms: true,
}

export interface Bounds {
  readonly movers: number
  readonly crashes: number
  /** How often a mover may stop between the look at its lease and the execution of its seal, for longer than its lease. */
  readonly freezes: number
}

const MOVER: Mover = { at: 'idle', phase: 'moving', epoch: 1, isValid: true, wasFrozen: false }
const HAS_CART: readonly Mover['at'][] = ['entered', 'sealing', 'sealed', 'arrived', 'taking back']

export function exploreLeases(protocol: Protocol, bounds: Bounds): Explored {
  const start: World = {
    phase: 'moving',
    epoch: 1,
    members: Array.from({ length: bounds.movers }, () => 1),
    movers: Array.from({ length: bounds.movers }, () => MOVER),
    cart: 'source',
    back: 'begin',
    crashes: bounds.crashes,
    freezes: bounds.freezes,
  }
  return visitAll(start, {
    successors(world) {
      const next = [
        ...backSteps(protocol, world),
        ...world.movers.flatMap((_, index) => moverSteps(protocol, world, index)),
      ]
      if (next.length === 0 && world.back !== 'reported') throw new Violation('back waits for ever')
      return next
    },
    requireInvariants: requireReturned,
    identityOf: (world) => JSON.stringify(world),
  })
}

/**
 * After `back` has reported success, the cart is in the source, also for the moment. Only a mover that was frozen at its seal can take it
 * away; then it is back when that mover has come to rest. (One that dies there leaves it to another `back`.)
 */
function requireReturned({ back, cart, movers }: World): void {
  if (back !== 'reported' || cart === 'source') return
  if (!movers.some(({ wasFrozen }) => wasFrozen))
    throw new Violation(`the cart is ${cart} after the success of back`)
  const isAtRest = movers.every(({ at }) => !HAS_CART.includes(at))
  const isExcused = movers.some(({ at, wasFrozen }) => at === 'dead' && wasFrozen)
  if (isAtRest && !isExcused) throw new Violation(`the cart stays ${cart}`)
}

function backSteps({ waits }: Protocol, world: World): World[] {
  const { back, epoch, cart, members, movers } = world
  const late = members.flatMap((known, i) => (known !== undefined && known < epoch ? [i] : []))
  const waiting = (next: World['back']): World[] => {
    if (!waits || late.length === 0) return [{ ...world, back: next }]
    // A mover is removed when its lease has ended by its own clock too: the margin of a lease.
    return late
      .filter((i) => movers[i]?.isValid === false)
      .map((i) => ({ ...world, members: members.with(i, undefined) }))
  }
  switch (back) {
    case 'begin':
      return [{ ...world, back: 'wait', phase: 'returning', epoch: epoch + 1 }]
    case 'wait':
      return waiting('collect')
    case 'collect':
      return cart === 'source' ? [{ ...world, back: 'look' }] : [{ ...world, cart: toSource(cart) }]
    case 'look':
      return [{ ...world, back: cart === 'source' ? 'end' : 'collect' }]
    case 'end':
      return [{ ...world, back: 'wait again', phase: 'stay', epoch: epoch + 1 }]
    case 'wait again':
      return waiting('reported')
    case 'reported':
      return []
  }
}

/** The next step of a cart on its way to the source. A move that has begun is completed first. */
function toSource(cart: Place): Place {
  if (cart === 'leaving source') return 'destination'
  return cart === 'destination' ? 'leaving destination' : 'source'
}

function moverSteps(protocol: Protocol, world: World, index: number): World[] {
  const self = world.movers[index] as Mover
  if (self.at === 'ended' || self.at === 'dead') return []
  const become = (next: Partial<Mover>, more: Partial<World> = {}): World => ({
    ...world,
    ...more,
    movers: world.movers.with(index, { ...self, ...next }),
  })
  return [
    ...cartSteps(protocol, world, self, become),
    ...leaseSteps(protocol, world, self, index, become),
    ...(world.crashes === 0
      ? []
      : [become({ at: 'dead', isValid: false }, { crashes: world.crashes - 1 })]),
  ]
}

type Become = (next: Partial<Mover>, more?: Partial<World>) => World

function cartSteps(
  { asksBeforeSeal, confirms }: Protocol,
  { cart, phase }: World,
  self: Mover,
  become: Become,
): World[] {
  const mayMove = self.isValid && self.phase === 'moving'
  const isOver = !self.isValid && phase !== 'moving'
  switch (self.at) {
    case 'idle':
      return mayMove && cart === 'source' ? [become({ at: 'entered' })] : []
    case 'entered':
      return [become({ at: mayMove || !asksBeforeSeal ? 'sealing' : 'idle' })]
    case 'sealing':
      // Conditional, so it has no effect on a cart that has left.
      return [become({ at: 'sealed' }, after(cart, 'source', 'leaving source'))]
    case 'sealed':
      return [become({ at: 'arrived' }, after(cart, 'leaving source', 'destination'))]
    case 'arrived':
      return [become({ at: confirms && isOver ? 'taking back' : 'idle' })]
    case 'taking back':
      return [cart === 'source' ? become({ at: 'idle' }) : become({}, { cart: toSource(cart) })]
    default:
      return []
  }
}

/** A conditional write. */
function after(cart: Place, from: Place, to: Place): Pick<World, 'cart'> {
  return { cart: cart === from ? to : cart }
}

function leaseSteps(
  { delays }: Protocol,
  world: World,
  self: Mover,
  index: number,
  become: Become,
): World[] {
  const { phase, epoch, members, freezes } = world
  const isFree = !delays || !HAS_CART.includes(self.at)
  const steps: World[] = []
  // Its record, and at once its acknowledgement; with a cart in hand it knows the record, and has not acknowledged it.
  if (isFree) {
    const known = { phase, epoch, isValid: true }
    if (self.epoch !== epoch || !self.isValid || members[index] !== epoch)
      steps.push(become(known, { members: members.with(index, epoch) }))
    if (self.phase !== 'moving')
      steps.push(become({ at: 'ended' }, { members: members.with(index, undefined) }))
  } else if (self.phase !== phase) steps.push(become({ phase, epoch }))
  // Nobody may take longer between its look at the lease and the execution of the seal than the margin of the lease.
  if (self.isValid && self.at !== 'sealing') steps.push(become({ isValid: false }))
  if (self.isValid && self.at === 'sealing' && freezes > 0)
    steps.push(become({ isValid: false, wasFrozen: true }, { freezes: freezes - 1 }))
  return steps
}
