import { aKind, type Operation, productName } from '../history/operation.ts'
import type { CartView, Step } from './cart-view.ts'
import { ABSENT, type Change, copyOf, fits, type OpenCart, perform, refusalOf } from './model.ts'
import type { Violation } from './report.ts'
import { columnOf, violation } from './tally.ts'
import type { Versions } from './versions.ts'

export interface Replayed {
  readonly violation?: Violation
  readonly undecided?: string
  /** The lines of the cart in the end, if certain. */
  readonly lines?: ReadonlyMap<string, number>
}

type LinesOf = (cart: string) => ReadonlyMap<string, number> | undefined

/**
 * A position of the replay: the cart after version `at - 1`, `undefined` while unknown, and the changes that filled gaps.
 * Continuing from a position changes its cart in place.
 */
interface Point {
  readonly at: number
  readonly state: OpenCart | undefined
  readonly used: readonly Step[]
}

/** Maximum ways of filling gaps per cart. */
const MOST_TRIES = 5000

/** Applies the changes in order of version and compares each state with the reads of its version. */
export function replay(view: CartView, versions: Versions, linesOf: LinesOf): Replayed {
  const open: Point[] = [{ at: 0, state: copyOf(ABSENT), used: [] }]
  let furthest: DeadEnd | undefined
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const point = open.pop()
    if (point === undefined) return furthest === undefined ? {} : { violation: furthest.found }
    const stretch = replayStretch(view, versions, point, linesOf)
    if (stretch.violation === undefined && stretch.at === versions.changes.length) {
      return endOf(versions, stretch)
    }
    const points = stretch.violation === undefined ? fillGap(versions, stretch, linesOf) : []
    open.push(...points)
    if (points.length === 0) furthest = further(furthest, view, versions, stretch)
  }
  return { undecided: 'too many lost responses to determine which change created which version' }
}

interface DeadEnd {
  readonly at: number
  readonly found: Violation
}

/** The attempt that came furthest: the one to explain. */
function further(
  known: DeadEnd | undefined,
  view: CartView,
  versions: Versions,
  { at, violation: found }: Stretch,
): DeadEnd {
  if (known !== undefined && known.at >= at) return known
  return { at, found: found ?? gap(view, versions, at) }
}

function endOf(versions: Versions, { state }: Stretch): Replayed {
  const certain = versions.unplaced.every(({ kind }) => kind === 'merge_out')
  return certain && state !== undefined ? { lines: state.lines } : {}
}

interface Stretch extends Point {
  readonly violation?: Violation
}

/** Replays up to the next gap, the first violation, or the end. */
function replayStretch(
  view: CartView,
  versions: Versions,
  { at: start, state: begin, used }: Point,
  linesOf: LinesOf,
): Stretch {
  let state = begin
  for (let at = start; at < versions.changes.length; at++) {
    const step = versions.changes[at]
    // The gap at `start` was filled by `fillGap`; a later gap ends the stretch.
    if (step === undefined && (at > start || used.length === 0)) return { at, state, used }
    if (step !== undefined) {
      const next = applyChange(state, onlyChoice(step, linesOf))
      if (next === 'impossible') {
        return { at, state, used, violation: impossible(view, versions, at, step) }
      }
      state = next
    }
    const reads = versions.reads[at]
    if (reads === undefined) continue
    state ??= stateOf(reads)
    const wrong = reads.find((read) => state !== undefined && !fits(state, read))
    if (wrong !== undefined)
      return { at, state, used, violation: mismatch(view, versions, at, wrong, state) }
  }
  return { at: versions.changes.length, state, used }
}

/** The positions after the gap at `stretch.at`, one for each way in which a change of unknown version can fill it. */
function fillGap(versions: Versions, { at, state, used }: Stretch, linesOf: LinesOf): Point[] {
  const seen = versions.endsFrom[at] ?? Infinity
  const points: Point[] = []
  for (const step of versions.unplaced) {
    if (step.call > seen || used.includes(step)) continue
    for (const change of choicesOf(step, linesOf)) {
      const next = applyChange(state === undefined ? undefined : copyOf(state), change)
      if (next !== 'impossible') points.push({ at, state: next, used: [...used, step] })
    }
  }
  return points
}

/**
 * Applies the change in place. An unknown cart or change (`undefined`) gives an unknown cart, until the next read.
 */
function applyChange(
  state: OpenCart | undefined,
  change: Change | undefined,
): OpenCart | undefined | 'impossible' {
  if (state === undefined || change === undefined) return undefined
  if (refusalOf(state, change) !== undefined) return 'impossible'
  perform(state, change)
  return state
}

function onlyChoice(step: Step, linesOf: LinesOf): Change | undefined {
  const [choice, another] = choicesOf(step, linesOf)
  return another === undefined ? choice : undefined
}

/** The possible changes of a step; `undefined` for a merge from a cart whose lines are uncertain. */
function choicesOf(
  { change, operation, strategies }: Step,
  linesOf: LinesOf,
): readonly (Change | undefined)[] {
  if (change !== undefined) return [change]
  const lines = linesOf(operation.from ?? '')
  if (lines === undefined) return [undefined]
  return strategies.map((strategy) => ({ kind: 'merge_in', lines, strategy }))
}

/** The cart as reads of one version show it; `undefined` if no read shows all of it. */
function stateOf(reads: readonly Operation[]): OpenCart | undefined {
  for (const { lines, cart_status: status } of reads) {
    // The source of a merge may show its lines or none.
    const hidden = status === 'merged' && lines?.length === 0
    if (lines !== undefined && status !== undefined && !hidden)
      return { status, lines: new Map(lines) }
  }
  return undefined
}

/** The newest read before index `at` and every change since then, so that people can follow the sum. */
function sinceLastRead({ changes, reads }: Versions, at: number): Operation[] {
  const shown: Operation[] = []
  for (let back = at; back >= 0; back--) {
    const read = back < at ? reads[back]?.[0] : undefined
    if (read !== undefined) return [read, ...shown]
    const change = changes[back]
    if (change !== undefined) shown.push(change.operation)
  }
  return shown
}

function mismatch(
  { cart }: CartView,
  versions: Versions,
  at: number,
  read: Operation,
  state: OpenCart | undefined,
): Violation {
  const must = stateText(state?.status, state?.lines ?? [], read.cart_status)
  const saw = stateText(read.cart_status, read.lines ?? [], state?.status)
  const message = `version ${read.version} must contain ${must}, but a read of it showed ${saw}`
  const shown = [...sinceLastRead(versions, at), read]
  return violation('version_order', columnOf(read), 'version_content', cart, message, shown)
}

function impossible({ cart }: CartView, versions: Versions, at: number, step: Step): Violation {
  const message = `${aKind(step.operation.kind)} was acknowledged as version ${step.version}, but the cart before it refuses ${aKind(step.operation.kind)}`
  const shown = sinceLastRead(versions, at)
  return violation('version_order', 'changes', 'impossible_change', cart, message, shown)
}

function gap({ cart }: CartView, { first, changes, reads }: Versions, at: number): Violation {
  const message = `no requested change can have created version ${first + at}, but later versions exist`
  const around = [changes[at - 1], changes.slice(at + 1).find((step) => step !== undefined)]
  const read = reads.slice(at).find((seen) => seen !== undefined)?.[0]
  const shown = around.map((step) => step?.operation)
  return violation('version_order', 'changes', 'version_skipped', cart, message, [
    ...shown,
    shown[1] === undefined ? read : undefined,
  ])
}

/** Lines, and the status if `other` is a different status. */
function stateText(
  status: string | undefined,
  lines: Iterable<readonly [string, number]>,
  other: string | undefined,
): string {
  const differs = status !== undefined && other !== undefined && status !== other
  return textOf(lines) + (differs ? ` (${status.replaceAll('_', ' ')})` : '')
}

function textOf(lines: Iterable<readonly [string, number]>): string {
  const text = [...lines]
    .map(([product, quantity]) => `${quantity} × ${productName(product)}`)
    .join(', ')
  return text === '' ? 'nothing' : text
}
