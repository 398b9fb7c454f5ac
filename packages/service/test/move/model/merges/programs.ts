import {
  NOTHING_KNOWN,
  nextStep,
  otherSide,
  type Residence,
  type Side,
} from '../../../../src/cart/residence.ts'
import { Violation } from '../programs.ts'
import {
  CARTS,
  type CartName,
  execute,
  type Home,
  isAtHome,
  type Merging,
  type Outcome,
  type Part,
  type Process,
  type World,
  type Write,
} from './world.ts'

const LOOKING: Part = { at: 'look at source' }
const BOTH = { into: LOOKING, from: LOOKING }
const DONE: Process = {
  program: 'done',
  ...{ name: '', at: '', carts: [], to: 'source', parts: {} },
}
/** Nothing begins beyond this hop: movers and merges in opposite directions could go on for ever. */
const MAX_HOP = 3

export const mover = (cart: CartName, to: Side): Process => ({
  program: 'mover',
  name: '',
  at: 'move',
  carts: [cart],
  to,
  parts: { [cart]: LOOKING },
})
export const adder = (cart: CartName, name: string): Process => ({
  program: 'add',
  name,
  at: 'try source',
  carts: [cart],
  to: 'source',
  parts: {},
})
/** @param to where the phase by which the instance acts brings carts of merges */
export const merger = (name: string, to: Side, how: Merging = 'together'): Process => ({
  ...{ program: 'merge', how, name, at: 'gather', carts: CARTS, to },
  parts: BOTH,
})

type Moving = Write & { readonly do: 'seal' | 'place' | 'settle' }

interface Context {
  readonly world: World
  readonly self: Process
  readonly index: number
}

/** What a process can do next, each time one access to one database. */
export function stepsOf(context: Context): readonly World[] {
  const { self } = context
  if (self.program === 'done') return []
  const open = self.carts.filter((cart) => (self.parts[cart]?.at ?? 'arrived') !== 'arrived')
  if (open.length > 0) return open.flatMap((cart) => bringing(context, cart))
  if (self.at === 'merge') return merging(context)
  if (self.at === 'close') return closing(context)
  return adding(context)
}

/** Executes a request that was late. */
export function executeLate(world: World, write: Write): World {
  const { records } = executed(world, write)
  return { ...world, records, late: world.late.filter((one) => one !== write) }
}

function executed(world: World, write: Write) {
  const result = execute(world.records, write)
  const changed = result.records !== world.records
  if (changed && 'name' in write && !isAtHome(world.records, write))
    throw new Violation(`the ${write.do} ${write.name} changed a cart that is not at its home`)
  return result
}

/**
 * The ways in which a write can go: executed with its response; executed, but the response is lost; and not yet executed,
 * although the sender stops waiting.
 */
function writing(
  { world, self, index }: Context,
  write: Write,
  after: (outcome: Outcome) => Process,
  unknown: Process,
): World[] {
  const { records, outcome } = executed(world, write)
  const become = (next: Process, more: Partial<World>): World => {
    return { ...world, ...more, processes: world.processes.with(index, next) }
  }
  const isChange = (write.do === 'add' || write.do === 'merge') && typeof outcome === 'number'
  const cart = write.do === 'add' ? write.cart : 'into'
  const acknowledged = isChange
    ? { ...world.acknowledged, [`${cart} ${self.name}`]: outcome }
    : world.acknowledged
  const answered = become(after(outcome), { records, acknowledged })
  if (world.faults === 0) return [answered]
  const faults = world.faults - 1
  return [
    answered,
    become(unknown, { records, faults }),
    become(unknown, { late: [...world.late, write], faults }),
  ]
}

/** The goal of what a process does with its carts; `undefined`: it only completes moves that have begun. */
function goalOf({ at, to, together }: Process): Side | undefined {
  if (at === 'move' || at === 'bring') return to
  return at === 'bring to one' ? together : undefined
}

/** One step of `bring` (`store/moving/pair.ts`) for one cart. */
function bringing(context: Context, cart: CartName): World[] {
  const { world, self, index } = context
  const part = self.parts[cart] ?? LOOKING
  const looked = looking(world, cart, part, goalOf(self))
  if (looked === undefined) return acting(context, cart, part)
  return [{ ...world, processes: world.processes.with(index, withPart(self, cart, looked)) }]
}

function withPart(self: Process, cart: CartName, part: Part): Process {
  return advanced({ ...self, parts: { ...self.parts, [cart]: part } })
}

/** What is known after a record has been read; `undefined` when enough is known to act. */
function looking(
  { records }: World,
  cart: CartName,
  part: Part,
  goal: Side | undefined,
): Part | undefined {
  const { source, destination } = records[cart]
  switch (part.at) {
    case 'look at source': {
      const isThere = (source.at === 'here' && goal === undefined) || source.at === 'absent'
      return { at: isThere ? 'act' : 'look at destination', source }
    }
    case 'look at destination':
      return { ...part, at: 'act', destination }
    case 'look at what arrived': {
      const isAtSource = part.source?.at !== 'sealed'
      return { ...part, at: 'act', ...(isAtSource ? { source } : { destination }) }
    }
    case 'confirm': {
      const isSame = source.at === part.source?.at && source.hop === part.source.hop
      return isSame ? { at: 'arrived' } : LOOKING
    }
    default:
      return undefined
  }
}

function acting(context: Context, cart: CartName, part: Part): World[] {
  const { world, self, index } = context
  const { source = NOTHING_KNOWN, destination = NOTHING_KNOWN } = part
  const step = nextStep(source, destination, goalOf(self))
  const become = (process: Process) => [
    { ...world, processes: world.processes.with(index, process) },
  ]
  if (step.do === 'stay') {
    if (step.at === 'nowhere') return become(withPart(self, cart, { at: 'confirm', source }))
    const { hop } = step.at === 'source' ? source : destination
    return become(withPart(self, cart, { at: 'arrived', home: { side: step.at, hop } }))
  }
  if (step.do !== 'seal') return stepping(context, cart, part, { ...step, cart })
  if (world.large === cart && step.at === 'source') {
    const home = { side: 'source', hop: source.hop } as const
    return become(withPart(self, cart, { at: 'arrived', home, stays: true }))
  }
  if (step.hop > MAX_HOP) return become(DONE)
  return stepping(context, cart, part, {
    ...step,
    cart,
    seen: step.at === 'source' ? source : destination,
  })
}

/** Makes a step. What it has written is known; only the record of a cart that has arrived is read again (`taken` of `pair.ts`). */
function stepping(context: Context, cart: CartName, part: Part, write: Moving): World[] {
  const { self, world } = context
  const next = (known: Part) => ({ ...self, parts: { ...self.parts, [cart]: known } })
  const { records } = executed(world, write)
  const after = records === world.records ? undefined : records[cart][write.at]
  return writing(context, write, () => next(afterStep(part, write, after)), next(LOOKING))
}

/** @param record what the step has written; `undefined` when its condition was not met */
function afterStep(part: Part, { do: made, at, hop }: Moving, record: Residence | undefined): Part {
  if (made === 'settle' && part[otherSide(at)]?.at === 'here')
    return { ...part, at: 'act', [at]: { at: 'away', hop, trace: null } }
  if (record === undefined || made === 'settle') return LOOKING
  return made === 'seal'
    ? { ...part, at: 'act', [at]: record }
    : { ...part, at: 'look at what arrived' }
}

/** The process after its carts have arrived: the next thing that it does, without an access of its own. */
function advanced(self: Process): Process {
  const { at, parts, carts, program } = self
  if (carts.some((cart) => parts[cart]?.at !== 'arrived')) return self
  const [home] = carts.map((cart) => parts[cart]?.home)
  if (program === 'mover') return DONE
  if (program === 'add') {
    if (home === undefined) throw new Violation('a cart was not found')
    return { ...self, at: `try ${home.side}`, parts: {} }
  }
  if (at === 'check') return checked(self)
  return gathered(self)
}

const homesOf = ({ parts }: Process) => ({ into: parts.into?.home, from: parts.from?.home })

/** `gather` of `store/moving/moving-store.ts`. */
function gathered(self: Process): Process {
  const { at, parts, to, how } = self
  const homes = homesOf(self)
  const together = (side: Side): Process => {
    return { ...self, at: 'merge', parts: {}, homes, together: side }
  }
  if (at === 'bring') {
    const isLarge = CARTS.some((cart) => parts[cart]?.stays === true)
    const goal = isLarge ? otherSide(to) : to
    return { ...self, at: 'bring to one', parts: BOTH, together: goal }
  }
  if (at === 'bring to one') return together(self.together ?? to)
  const sides = new Set(CARTS.flatMap((cart) => homes[cart]?.side ?? []))
  const [only] = sides
  if (sides.size < 2 || how === 'apart') return together(only ?? to)
  return { ...self, at: 'bring', parts: BOTH }
}

/** "Not found" is the answer only if no cart has moved since. */
function checked(self: Process): Process {
  const now = homesOf(self)
  const isSame = (a: Home | undefined, b: Home | undefined) =>
    a?.side === b?.side && (self.how === 'without hops' || a?.hop === b?.hop)
  if (CARTS.every((cart) => isSame(now[cart], self.homes?.[cart])))
    throw new Violation('a cart of a merge was not found')
  return { ...self, at: 'gather', parts: BOTH, homes: undefined, together: undefined }
}

function merging(context: Context): World[] {
  const { self } = context
  const { name, together: at = self.to, how } = self
  if (how === 'apart') return copying(context)
  const retried = merger(name, self.to, how)
  return writing(
    context,
    { do: 'merge', at, name },
    (outcome) => {
      if (outcome !== 'missing') return DONE
      if (how === 'hastily') throw new Violation('a cart of a merge was not found')
      return { ...self, at: 'check', parts: BOTH }
    },
    retried,
  )
}

/** Faulty: reads the one cart and adds to the other. */
function copying(context: Context): World[] {
  const { world, self } = context
  const { homes = {}, name } = self
  const [into, from] = [homes.into?.side, homes.from?.side]
  const seen = from && world.records.from[from]
  if (into === undefined || seen?.at !== 'here') return []
  const next: Process = { ...self, at: 'close' }
  const names = seen.state.lines.map(({ productId }) => String(productId))
  const write: Write = { do: 'add', cart: 'into', at: into, name: names.at(-1) ?? name }
  return writing(context, write, () => next, next)
}

function closing(context: Context): World[] {
  const { homes = {} } = context.self
  const at = homes.from?.side ?? 'source'
  return writing(context, { do: 'close', at }, () => DONE, DONE)
}

/** A keyed add of an instance: where it believes the cart to be, then where it is. */
function adding(context: Context): World[] {
  const { self } = context
  const { name } = self
  const [cart = 'into'] = self.carts
  const at = self.at === 'try source' ? 'source' : 'destination'
  return writing(
    context,
    { do: 'add', cart, at, name },
    (outcome) =>
      outcome === 'missing' ? { ...self, at: 'find', parts: { [cart]: LOOKING } } : DONE,
    adder(cart, name),
  )
}
