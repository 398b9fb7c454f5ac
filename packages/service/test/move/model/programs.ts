import { isVisible } from '../../../src/cart/cart.ts'
import {
  NOTHING_KNOWN,
  otherSide,
  type Residence,
  type Side,
  type Step,
} from '../../../src/cart/residence.ts'
import {
  execute,
  homeOf,
  lifeOf,
  newCart,
  type Outcome,
  type Process,
  type Protocol,
  type World,
  type Write,
} from './world.ts'

/** A violation that a step shows by itself. */
export class Violation extends Error {}

/** What a process can do next, each time as a whole: one access to one record. */
export type Program = (context: Context) => readonly World[]

export interface Context {
  readonly protocol: Protocol
  readonly world: World
  readonly self: Process
  readonly index: number
}

const DONE = 'done'
/** Nothing begins beyond this hop. */
const MAX_HOP = 3

const starting = (program: string, name: string, at: string): Process => ({
  program,
  name,
  at,
})
export const mover = (to: Side): Process => starting(`mover to ${to}`, to, 'look at source')
export const adder = (name: string): Process => starting('keyed add', name, 'try source')
export const unkeyedAdder = (name: string): Process => starting('add', name, 'try source')
export const oldAdder = (name: string): Process => starting('old add', name, 'try source')
export const reader = (): Process => starting('read', '', 'begin')
export const creator = (name: string, mode: 'ready' | 'moving' | 'returning' | 'old'): Process =>
  starting(`create in ${mode}`, name, mode === 'moving' ? 'claim' : 'create at source')
export const clock = (): Process => starting('clock', '', 'expire')
export const sweeper = (at: Side): Process => starting(`sweeper of ${at}`, at, 'sweep')

/** What a process does: its program by the first word of its name. */
export function stepsOf(context: Context): readonly World[] {
  const { self } = context
  if (self.at === DONE) return []
  if (self.program.startsWith('mover')) return moverSteps(context)
  if (self.program.startsWith('create')) return creatorSteps(context)
  if (self.program.startsWith('sweeper')) return sweeperSteps(context)
  if (self.program === 'clock') return [become(context, { at: DONE }, { now: nextLife(context) })]
  if (self.program === 'old add') return oldAddSteps(context)
  if (self.program === 'impatient') return impatientSteps(context)
  if (self.program === 'copier') return copierSteps(context)
  return callerSteps(context)
}

function nextLife({ world }: Context): number {
  return world.now + 3_601_000
}

/** The world after this process has changed to `next`. */
export function become(
  { world, index, self }: Context,
  next: Partial<Process>,
  more: Partial<World> = {},
): World {
  const { program, name } = self
  // A process that has ended remembers nothing, so that states are alike that differ in nothing that counts.
  const process = next.at === DONE ? { program, name, at: DONE } : { ...self, ...next }
  return { ...world, ...more, processes: world.processes.with(index, process) }
}

/**
 * The ways in which a write can go: executed with its response; executed, but the response is lost; and not yet executed,
 * although the sender stops waiting.
 */
function writing(
  context: Context,
  write: Write,
  after: (record: Residence | undefined, outcome: Outcome) => Partial<Process>,
  unknown: Partial<Process>,
): World[] {
  const { protocol, world } = context
  const { record, outcome } = execute(protocol, world, write)
  requireHome(world, write, outcome)
  const records = record === undefined ? world.records : { ...world.records, [write.at]: record }
  const done = after(record, outcome)
  const answered = become(context, done, { records, ...acknowledging(context, write, outcome) })
  if (world.faults === 0) return [answered]
  const faults = world.faults - 1
  return [
    answered,
    become(context, unknown, { records, faults }),
    become(context, unknown, { late: [...world.late, write], faults }),
  ]
}

/** Nothing may change but the one home of the cart. */
export function requireHome(world: World, write: Write, outcome: Outcome): void {
  if (write.do !== 'add' || outcome === 'refused') return
  const home = homeOf(world.records)
  if (home !== write.at)
    throw new Violation(`a change at the ${write.at}, but the home is ${home ?? 'nowhere'}`)
}

function acknowledging({ world }: Context, write: Write, outcome: Outcome): Partial<World> {
  if (write.do !== 'add' || outcome === 'refused') return {}
  return { acknowledged: { ...world.acknowledged, [lifeOf(world) + write.name]: outcome } }
}

/** Starts again without what was read. There is no bound: a state that was seen before is not visited again. */
const again = (at = 'look at source'): Partial<Process> => ({
  at,
  source: undefined,
  destination: undefined,
  hop: undefined,
})

/** Reads both records, then makes the next step; `to` as in `nextStep`. */
function completing(
  context: Context,
  to: Side | undefined,
  arrived: (at: Side | 'nowhere') => Partial<Process>,
): World[] {
  const { world, self } = context
  switch (self.at) {
    case 'look at source':
      return [become(context, { at: 'look at destination', source: world.records.source })]
    case 'look at destination':
      return [become(context, { at: 'act', destination: world.records.destination })]
    case 'look at what arrived': {
      const arrival = otherSide(sealedSide(self))
      return [become(context, { at: 'act', [arrival]: world.records[arrival] })]
    }
    default:
      return acting(context, to, arrived)
  }
}

/** The database of the seal that the process knows. */
function sealedSide({ source }: Process): Side {
  return source?.at === 'sealed' ? 'source' : 'destination'
}

function acting(
  context: Context,
  to: Side | undefined,
  arrived: (at: Side | 'nowhere') => Partial<Process>,
): World[] {
  const { protocol, self } = context
  const { source = NOTHING_KNOWN, destination = NOTHING_KNOWN } = self
  const step = protocol.nextStep(source, destination, to)
  if (step.do === 'stay') {
    if (step.at !== 'nowhere' || isConfirmed(context)) return [become(context, arrived(step.at))]
    return [become(context, self.at === 'confirm' ? again() : { at: 'confirm' })]
  }
  // Movers in opposite directions could go on for ever.
  if (step.do === 'seal' && step.hop > MAX_HOP) return [become(context, { at: DONE })]
  const seen = step.at === 'source' ? source : destination
  const write: Write = step.do === 'seal' ? { ...step, seen } : step
  return writing(context, write, (record) => afterStep(context, step, record), again())
}

/** What a step has written is known; only the record of a cart that has arrived is read again (`taken` of `pair.ts`). */
function afterStep(
  { self }: Context,
  { do: made, at, hop }: Exclude<Step, { readonly do: 'stay' }>,
  record: Residence | undefined,
): Partial<Process> {
  if (made === 'settle' && self[otherSide(at)]?.at === 'here')
    return { at: 'act', [at]: { at: 'away', hop, trace: null } }
  if (record === undefined || made === 'settle') return again()
  return made === 'seal' ? { at: 'act', [at]: record } : { at: 'look at what arrived' }
}

/** "Nowhere" is only true if the source was the same before and after the read of the destination. */
function isConfirmed({ self, world }: Context): boolean {
  if (self.at !== 'confirm') return false
  const { source } = world.records
  return source.at === self.source?.at && source.hop === self.source.hop
}

function moverSteps(context: Context): readonly World[] {
  const { self, world } = context
  const to = self.name as Side
  const { source = NOTHING_KNOWN } = self
  if (self.at === 'release')
    return writing(
      context,
      { do: 'release', at: 'source', hop: source.hop },
      () => ({ at: DONE }),
      { at: DONE },
    )
  if (self.at === 'claim')
    return writing(
      context,
      { do: 'claim', at: 'destination', hop: source.hop },
      (record) => {
        const { at, hop } = record ?? world.records.destination
        return at === 'away' && hop >= source.hop ? { at: 'release' } : again()
      },
      again(),
    )
  return completing(context, to, (at) =>
    at === 'nowhere' && to === 'source' && source.at === 'away' ? { at: 'claim' } : { at: DONE },
  )
}

/** An instance that adds to the cart or reads it. */
function callerSteps(context: Context): readonly World[] {
  const { world, self } = context
  if (self.at === 'begin') return [become(context, { at: 'try source', required: namesOf(world) })]
  const side = self.at === 'try source' ? 'source' : 'destination'
  if (self.at !== 'try source' && self.at !== 'try destination')
    return completing(context, undefined, (at) => arrivedAt(context, at))
  if (self.program === 'read') return [readAt(context, side)]
  const keyed = self.program === 'keyed add'
  return writing(
    context,
    { do: 'add', at: side, name: self.name, keyed },
    (_, outcome) => (outcome === 'refused' ? again() : { at: DONE }),
    // Without a key, nobody may send it again.
    keyed ? again('try source') : { at: DONE },
  )
}

function arrivedAt(context: Context, at: Side | 'nowhere'): Partial<Process> {
  const { self, world } = context
  if (at !== 'nowhere') return again(`try ${at}`)
  requireMissing(world, self.required ?? [])
  return { at: DONE }
}

function readAt(context: Context, side: Side): World {
  const { world, self } = context
  const record = world.records[side]
  if (record.at !== 'here') return become(context, again())
  if (!isVisible(record.state, world.now)) {
    requireMissing(world, self.required ?? [])
    return become(context, { at: DONE })
  }
  for (const name of self.required ?? [])
    if (!hasLine(record.state.lines, name))
      throw new Violation(`a read without the acknowledged add ${name}`)
  return become(context, { at: DONE })
}

/** The acknowledged adds of this life of the cart. */
export function namesOf(world: World): string[] {
  return Object.keys(world.acknowledged)
    .filter((name) => name.startsWith(lifeOf(world)))
    .map((name) => name.slice(2))
}

const hasLine = (lines: readonly { readonly productId: unknown }[], name: string) =>
  lines.some(({ productId }) => productId === name)

/** "Not found" is wrong while something acknowledged is in the cart. */
function requireMissing(world: World, required: readonly string[]): void {
  if (world.processes.some(({ program }) => program === 'clock')) return
  if (required.length > 0) throw new Violation('an acknowledged cart was not found')
}

/** An instance of the release before: it knows its own database only. */
function oldAddSteps(context: Context): readonly World[] {
  const { self } = context
  const write: Write = { do: 'add', at: 'source', name: self.name, keyed: true }
  return writing(context, write, () => ({ at: DONE }), again('try source'))
}

/** Creates the cart; the id is the same for all, as that of a keyed create. */
function creatorSteps(context: Context): readonly World[] {
  const { world, self } = context
  const mode = self.program.split(' ').at(-1)
  const { source = NOTHING_KNOWN, destination = NOTHING_KNOWN } = self
  const made = { at: DONE }
  const state = newCart(world.now)
  switch (self.at) {
    case 'create at source':
      return writing(
        context,
        { do: 'create', at: 'source', hop: self.hop ?? 0, state },
        (record) =>
          record !== undefined || mode === 'old' || isLive(world, 'source')
            ? made
            : mode === 'ready'
              ? again('claim')
              : again(),
        again('create at source'),
      )
    case 'claim': {
      const at = mode === 'returning' ? 'destination' : 'source'
      const hop = self.hop ?? 1
      // Creates in opposite directions could go on for ever, too.
      if (hop > MAX_HOP) return [become(context, { at: DONE })]
      return writing(
        context,
        { do: 'claim', at, hop },
        (record) => afterClaim(context, at, record ?? world.records[at]),
        again('claim'),
      )
    }
    case 'create at destination':
      return writing(
        context,
        { do: 'create', at: 'destination', hop: self.hop ?? 1, state },
        (record) => {
          if (record !== undefined || isLive(world, 'destination')) return made
          const { hop } = world.records.destination
          return { ...again('claim'), hop: hop + 1 }
        },
        again('claim'),
      )
    default:
      return completing(context, undefined, (at) => {
        if (mode !== 'returning') return again('claim')
        const live = at === 'destination' && destination.at === 'here'
        if (live && isVisible(destination.state, world.now)) return made
        if (at === 'source') return again('create at source')
        return { ...again('claim'), hop: source.hop }
      })
  }
}

function afterClaim({ world }: Context, at: Side, record: Residence): Partial<Process> {
  if (record.at === 'away') {
    const next = at === 'source' ? 'create at destination' : 'create at source'
    return { ...again(next), hop: at === 'source' ? record.hop : record.hop + 1 }
  }
  // A live cart of this id: the create is a replay.
  if (record.at === 'here' && isVisible(record.state, world.now) && at === 'source')
    return { at: DONE }
  return again()
}

function isLive({ records, now }: World, at: Side): boolean {
  const record = records[at]
  return record.at === 'here' && isVisible(record.state, now)
}

/** Removes an expired cart and everything known about it, as DynamoDB's TTL does. */
function sweeperSteps(context: Context): readonly World[] {
  const { world, self } = context
  const at = self.name as Side
  const record = world.records[at]
  if (record.at !== 'here' || isVisible(record.state, world.now)) return []
  return [become(context, { at: DONE }, { records: { ...world.records, [at]: NOTHING_KNOWN } })]
}

/** Faulty: takes a seal back because it has been there for long. */
function impatientSteps(context: Context): readonly World[] {
  if (context.world.records.source.at !== 'sealed') return []
  const write: Write = { do: 'unseal', at: 'source' }
  return writing(context, write, () => ({ at: DONE }), { at: DONE })
}

/** Faulty: copies the cart without a seal, then marks it as moved. */
function copierSteps(context: Context): readonly World[] {
  const { world, self } = context
  const { source } = world.records
  switch (self.at) {
    case 'look at source':
      return source.at === 'here' ? [become(context, { at: 'copy', source })] : []
    case 'copy': {
      if (self.source?.at !== 'here') return []
      const { state } = self.source
      const write: Write = { do: 'place', at: 'destination', hop: 1, state }
      return writing(context, write, () => ({ at: 'mark' }), { at: 'mark' })
    }
    default: {
      const away: Residence = { at: 'away', hop: 1, trace: null }
      return [become(context, { at: DONE }, { records: { ...world.records, source: away } })]
    }
  }
}
