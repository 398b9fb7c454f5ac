import { type Operation, productName } from '../history/operation.ts'
import { type CartLines, seenIn } from './cart-lines.ts'
import { mayBeDeleted, mayBeEmptied, type RecordedChange } from './cart-view.ts'
import type { Anomaly, Guarantee, Violation } from './report.ts'
import { bySession, type SessionFindings } from './sessions.ts'
import { columnOf, violation } from './tally.ts'

/** Maximum pairs of an add and a read per cart for the order of writes. */
const MOST_PAIRS = 2_000_000

/** The units of each product that the next operation of a session must show, with the operations that require them. */
type Floor = Map<string, { readonly units: number; readonly operations: readonly Operation[] }>

/**
 * The session guarantees without versions, by quantities: on lines that only adds touch, a state with fewer units is
 * older. There are no false alarms, but many violations stay undetected.
 *
 * @param operations those of the cart
 */
export function checkSessionsByQuantity(
  lines: CartLines,
  operations: readonly Operation[],
): SessionFindings {
  const outcome: Collected = { violations: [], checked: [] }
  if (!lines.view.begins) return outcome
  const steps = new Map(lines.view.changes.map((step) => [step.operation, step]))
  const demands: OrderedAdd[] = []
  for (const session of bySession(operations)) walkSession(lines, session, steps, demands, outcome)
  checkOrderOfWrites(lines, demands, outcome)
  return outcome
}

interface Collected {
  readonly violations: Violation[]
  readonly checked: { readonly guarantee: Guarantee; readonly operation: Operation }[]
}

/** An add, and what every state that contains it must contain as well. */
interface OrderedAdd {
  readonly add: RecordedChange
  readonly written: Floor
  readonly read: Floor
}

function walkSession(
  lines: CartLines,
  session: readonly Operation[],
  steps: ReadonlyMap<Operation, RecordedChange>,
  demands: OrderedAdd[],
  outcome: Collected,
): void {
  const written: Floor = new Map()
  const read: Floor = new Map()
  let created: Operation | undefined
  for (const operation of session) {
    const step = steps.get(operation)
    if (operation.kind === 'create' && operation.status === 'ok') created = operation
    else if (operation.kind === 'get') {
      checkFound(lines, created, operation, outcome)
      checkRead(lines, operation, written, read, outcome)
    } else if (step?.change?.kind === 'add') {
      // An earlier attempt may have made the change before the session read newer states.
      const first = step.call === operation.call
      if (first) demands.push({ add: step, written: new Map(written), read: new Map(read) })
      raise(written, step)
    }
  }
}

/** Compares a read with what its session has written and read, and records what the read showed. */
function checkRead(
  lines: CartLines,
  operation: Operation,
  written: Floor,
  read: Floor,
  outcome: Collected,
): void {
  if (operation.status !== 'ok') return
  checkFloor(lines, 'read_your_writes', operation, written, outcome)
  checkFloor(lines, 'monotonic_reads', operation, read, outcome)
  for (const [product, units] of operation.lines ?? []) {
    const known = read.get(product)?.units ?? 0
    if (units > known) read.set(product, { units, operations: [operation] })
  }
}

/** Later reads must show an acknowledged add. */
function raise(written: Floor, { change, operation }: RecordedChange): void {
  if (change?.kind !== 'add' || operation.status !== 'ok') return
  for (const [product, quantity] of change.lines) {
    const { units = 0, operations = [] } = written.get(product) ?? {}
    written.set(product, { units: units + quantity, operations: [...operations, operation] })
  }
}

function checkFound(
  { view }: CartLines,
  created: Operation | undefined,
  read: Operation,
  { violations, checked }: Collected,
): void {
  if (created === undefined || read.error !== 'not_found') return
  if (mayBeDeleted(view, read)) return
  checked.push({ guarantee: 'read_your_writes', operation: read })
  const message = `session ${read.session} created the cart and then did not find it`
  violations.push(make('read_your_writes', view.cart, read, message, [created]))
}

function checkFloor(
  lines: CartLines,
  guarantee: 'read_your_writes' | 'monotonic_reads',
  read: Operation,
  floor: Floor,
  { violations, checked }: Collected,
): void {
  let counted = false
  for (const [product, { units, operations }] of floor) {
    if (!grows(lines, product, read)) continue
    counted = true
    const seen = seenIn(read, product)
    if (seen >= units) continue
    const before = guarantee === 'monotonic_reads' ? 'read' : 'added'
    const message = `session ${read.session} ${before} ${units} units of ${productName(product)}, then read ${seen}`
    violations.push(make(guarantee, lines.view.cart, read, message, operations))
  }
  if (counted) checked.push({ guarantee, operation: read })
}

/** Reads that certainly show an add must show what its session had written and read before the add. */
function checkOrderOfWrites(
  lines: CartLines,
  demands: readonly OrderedAdd[],
  outcome: Collected,
): void {
  const useful = demands.filter(({ written, read }) => written.size + read.size > 0)
  if (useful.length * lines.view.reads.length > MOST_PAIRS) return
  for (const read of lines.view.reads) {
    if (read.error !== undefined || mayBeEmptied(lines.view, read)) continue
    for (const demand of useful) {
      if (demand.add.call >= read.return) continue
      if (!shows(lines, demand.add, read)) continue
      checkOrderedAdd(lines, 'monotonic_writes', read, demand, demand.written, outcome)
      checkOrderedAdd(lines, 'writes_follow_reads', read, demand, demand.read, outcome)
    }
  }
}

function checkOrderedAdd(
  lines: CartLines,
  guarantee: 'monotonic_writes' | 'writes_follow_reads',
  read: Operation,
  { add }: OrderedAdd,
  floor: Floor,
  { violations, checked }: Collected,
): void {
  if (floor.size > 0) checked.push({ guarantee, operation: read })
  for (const [product, { units, operations }] of floor) {
    const seen = seenIn(read, product)
    if (seen >= units || !grows(lines, product, read)) continue
    const message = `a read shows an add of session ${add.operation.session}, but only ${seen} of the ${units} units of ${productName(product)} that came before the add`
    violations.push(make(guarantee, lines.view.cart, read, message, [...operations, add.operation]))
  }
}

/** Whether only this add explains the units of one of its lines in the read. */
function shows(lines: CartLines, { change }: RecordedChange, read: Operation): boolean {
  if (change?.kind !== 'add') return false
  return change.lines.some(([product, quantity]) => {
    const bounds = lines.lineOf(product).boundsOf(read)
    return bounds?.growing === true && seenIn(read, product) > bounds.high - quantity
  })
}

function grows(lines: CartLines, product: string, read: Operation): boolean {
  if (mayBeEmptied(lines.view, read)) return false
  return lines.lineOf(product).boundsOf(read)?.growing === true
}

const ANOMALY = {
  read_your_writes: 'own_write_unseen',
  monotonic_reads: 'read_went_back',
  monotonic_writes: 'writes_out_of_order',
  writes_follow_reads: 'write_before_what_was_read',
} as const satisfies Partial<Record<Guarantee, Anomaly>>

function make(
  guarantee: keyof typeof ANOMALY,
  cart: string,
  read: Operation,
  message: string,
  before: readonly Operation[],
): Violation {
  return violation(guarantee, columnOf(read), ANOMALY[guarantee], cart, message, [...before, read])
}
