import { aKind, CONDITION_FAILED, type Operation } from '../history/operation.ts'
import { type CartView, mayBeDeleted, type Step } from './cart-view.ts'
import { countBelow, countUpTo } from './count-sorted.ts'
import type { Anomaly, Violation } from './report.ts'
import { violation } from './tally.ts'

export interface ConditionsOutcome {
  readonly violations: readonly Violation[]
  /** Conditional changes that were held against the versions. */
  readonly support: number
}

/**
 * Changes that were asked for on condition of a version (`If-Match`): one that was made although the cart had another
 * version, and one that was refused although the cart had it all the time.
 *
 * Where changes answer with their versions, the version before a change is the one before its own. Else the spans tell:
 * at any moment a cart has at least the version of everything answered before, and at most one more for every change that
 * was asked for by then. And where nothing names versions, one thing is certain still: a version is left by one change, so
 * that two changes on condition of the same cannot both be made.
 */
export function checkConditions(view: CartView): ConditionsOutcome {
  // A merge stands under its source as well, whose version is none of its condition.
  const own = ({ cart, if_version: wanted }: Operation) =>
    cart === view.cart && wanted !== undefined
  const conditional = view.changes.filter(({ operation }) => own(operation))
  const refused = view.failed.filter((one) => own(one) && one.error === CONDITION_FAILED)
  if (!view.begins || conditional.length + refused.length === 0) return NOTHING
  const bounds = boundsOf(view)
  const made = conditional.filter(({ end }) => end !== Infinity)
  const violations = [
    ...made.flatMap((step) => ignoredBy(view, step, bounds)),
    ...metTwice(view, made),
    ...(bounds === undefined ? [] : refused.flatMap((one) => refusedInVain(view, one, bounds))),
  ]
  return { violations, support: made.length + (bounds === undefined ? 0 : refused.length) }
}

const NOTHING: ConditionsOutcome = { violations: [], support: 0 }

/** What the version of a cart can have been. */
interface VersionBounds {
  /** At `moment` and later. */
  least(moment: number): number
  /** At `moment` and earlier. */
  most(moment: number): number
}

/** `undefined` where changes do not say which version they made. */
function boundsOf({ changes, reads }: CartView): VersionBounds | undefined {
  const first = changes.find(({ kind }) => kind === 'create')?.version
  const tells = ({ kind, end, version }: Step): boolean =>
    version !== undefined || end === Infinity || kind === 'merge_in' || kind === 'merge_out'
  if (first === undefined || !changes.every(tells)) return undefined
  const answered = [
    ...changes.map(({ end, version }) => ({ end, version })),
    ...reads.map(({ return: end, version }) => ({ end, version })),
  ]
    .filter(({ end, version }) => version !== undefined && end !== Infinity)
    .sort((a, b) => a.end - b.end)
  const ends = answered.map(({ end }) => end)
  const calls = changes.map(({ call }) => call)
  const highest = running(answered, (high, { version = 0 }) => Math.max(high, version), 0)
  // From the last change to the first: the version that the next ones to be called leave.
  const left = running(
    [...changes].reverse(),
    (low, { version = Infinity }) => Math.min(low, version - 1),
    Infinity,
  )
  return {
    least: (moment) => highest[countBelow(ends, moment)] ?? 0,
    most(moment) {
      const called = countUpTo(calls, moment)
      return Math.min(first - 1 + called, left[changes.length - called] ?? Infinity)
    },
  }
}

/** `values[n]` is what the first n come to. */
function running<T>(
  list: readonly T[],
  next: (value: number, item: T) => number,
  start: number,
): number[] {
  const values = [start]
  let value = start
  for (const item of list) {
    value = next(value, item)
    values.push(value)
  }
  return values
}

/** A change that was made although the cart cannot have had the version it was conditional on. */
function ignoredBy(
  { cart, changes, reads }: CartView,
  { operation, kind, call, end, ...step }: Step,
  bounds: VersionBounds | undefined,
): Violation[] {
  const { if_version: wanted = [] } = operation
  // A merge that is repeated is answered with the version of now.
  const version = kind === 'merge_in' ? undefined : step.version
  const [least, most] =
    version !== undefined
      ? [version - 1, version - 1]
      : bounds === undefined
        ? [0, Infinity]
        : [bounds.least(call), bounds.most(end) - 1]
  if (wanted.some((one) => least <= one && one <= most)) return []
  const before = changes.find((other) => other.version === least && other.operation !== operation)
  const seen = before?.operation ?? reads.find((read) => read.version === least)
  const had = least === most ? `version ${least}` : `versions ${least} to ${most}`
  const message = `${aKind(operation.kind)} on condition of ${namesOf(wanted)} was made, but the cart had ${had} before it`
  return [make('condition_ignored', cart, message, [seen, operation])]
}

/** Two changes that were made on condition of one and the same version. */
function metTwice({ cart }: CartView, made: readonly Step[]): Violation[] {
  const first = new Map<number, Operation>()
  for (const { operation, version } of made) {
    const [wanted, ...others] = operation.if_version ?? []
    // With versions of their own it is clear which of the two it is.
    if (wanted === undefined || others.length > 0 || version !== undefined) continue
    const known = first.get(wanted)
    if (known !== undefined) {
      const message = `two changes on condition of version ${wanted} were both made, but the first of them left it`
      return [make('condition_ignored', cart, message, [known, operation])]
    }
    first.set(wanted, operation)
  }
  return []
}

/** A change that was refused for its condition although the cart had such a version during all of its span. */
function refusedInVain(view: CartView, refused: Operation, bounds: VersionBounds): Violation[] {
  const { call, return: end, if_version: wanted = [] } = refused
  const [least, most] = [bounds.least(call), bounds.most(end)]
  if (least === 0 || mayBeDeleted(view, refused)) return []
  for (let version = least; version <= most; version++) if (!wanted.includes(version)) return []
  const maker = view.changes.find(({ version }) => version === least)
  const next = view.changes.find((step) => step.call > end)
  const message = `${aKind(refused.kind)} on condition of ${namesOf(wanted)} was refused, but the cart had ${namesOf(wanted.filter((one) => one >= least && one <= most))} all the time`
  return [make('refused_in_vain', view.cart, message, [maker?.operation, refused, next?.operation])]
}

function namesOf(versions: readonly number[]): string {
  return `version ${versions.join(' or ')}`
}

function make(
  anomaly: Anomaly,
  cart: string,
  message: string,
  shown: readonly (Operation | undefined)[],
): Violation {
  return violation('conditions', 'changes', anomaly, cart, message, shown)
}
