import { aKind, CONDITION_FAILED, type Operation } from '../history/operation.ts'
import { type CartView, mayBeDeleted, type RecordedChange } from './cart-view.ts'
import { countBelow, countUpTo, running } from './count-sorted.ts'
import type { Anomaly, Violation } from './report.ts'
import { violation } from './tally.ts'

export interface ConditionFindings {
  readonly violations: readonly Violation[]
  /** Conditional changes that were checked. */
  readonly support: number
}

/**
 * Changes that require a version (`If-Match`): a violation is a change that was made although the cart had another
 * version, or refused although the cart had the version during the whole span.
 *
 * If the response of a change contains a version, the change required the version before it. Otherwise the spans give
 * bounds: at any moment, a cart has at least every version in an earlier response, and at most one version more for every
 * change that was called by then. Without any versions, one rule remains: only one change can follow a version, so two
 * changes that require the same version cannot both be made.
 */
export function checkConditions(view: CartView): ConditionFindings {
  // A merge is also listed under its source, but its condition concerns the target.
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

const NOTHING: ConditionFindings = { violations: [], support: 0 }

/** The possible versions of a cart. */
interface VersionBounds {
  /** The minimum at `moment` and later. */
  least(moment: number): number
  /** The maximum at `moment` and earlier. */
  most(moment: number): number
}

/** `undefined` if the responses of changes lack versions. */
function boundsOf({ changes, reads }: CartView): VersionBounds | undefined {
  const first = changes.find(({ kind }) => kind === 'create')?.version
  const isKnown = ({ kind, end, version }: RecordedChange): boolean =>
    version !== undefined || end === Infinity || kind === 'merge_in' || kind === 'merge_out'
  if (first === undefined || !changes.every(isKnown)) return undefined
  const answered = [
    ...changes.map(({ end, version }) => ({ end, version })),
    ...reads.map(({ return: end, version }) => ({ end, version })),
  ]
    .filter(({ end, version }) => version !== undefined && end !== Infinity)
    .sort((a, b) => a.end - b.end)
  const ends = answered.map(({ end }) => end)
  const calls = changes.map(({ call }) => call)
  const highest = running(answered, (high, { version = 0 }) => Math.max(high, version), 0)
  // From the last change to the first: a later change leaves the version before its own.
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

/** A change that was made although the cart cannot have had a version that the change required. */
function ignoredBy(
  { cart, changes, reads }: CartView,
  { operation, kind, call, end, ...step }: RecordedChange,
  bounds: VersionBounds | undefined,
): Violation[] {
  const { if_version: wanted = [] } = operation
  // The response to a repeated merge has the current version.
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
  const message = `${aKind(operation.kind)} that required ${namesOf(wanted)} was made, but the cart had ${had} before it`
  return [make('condition_ignored', cart, message, [seen, operation])]
}

/** Two changes that were made although both required the same version. */
function metTwice({ cart }: CartView, made: readonly RecordedChange[]): Violation[] {
  const first = new Map<number, Operation>()
  for (const { operation, version } of made) {
    const [wanted, ...others] = operation.if_version ?? []
    // `ignoredBy` checks a change whose response has a version.
    if (wanted === undefined || others.length > 0 || version !== undefined) continue
    const known = first.get(wanted)
    if (known !== undefined) {
      const message = `two changes that required version ${wanted} were both made`
      return [make('condition_ignored', cart, message, [known, operation])]
    }
    first.set(wanted, operation)
  }
  return []
}

/** A change that was refused although the cart had a required version during its whole span. */
function refusedInVain(view: CartView, refused: Operation, bounds: VersionBounds): Violation[] {
  const { call, return: end, if_version: wanted = [] } = refused
  const [least, most] = [bounds.least(call), bounds.most(end)]
  if (least === 0 || mayBeDeleted(view, refused)) return []
  for (let version = least; version <= most; version++) if (!wanted.includes(version)) return []
  const maker = view.changes.find(({ version }) => version === least)
  const next = view.changes.find((step) => step.call > end)
  const message = `${aKind(refused.kind)} that required ${namesOf(wanted)} was refused, but the cart had ${namesOf(wanted.filter((one) => one >= least && one <= most))} throughout`
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
