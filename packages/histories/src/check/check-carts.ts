import { type Operation, READ_MODES } from '../history/operation.ts'
import { isStopped } from '../search/search.ts'
import { addBalances, type Balance, balanceOf, EMPTY_BALANCE } from './balance.ts'
import { linesOfCart } from './cart-lines.ts'
import type { CartView } from './cart-view.ts'
import { checkConditions } from './conditions.ts'
import { countOverlaps } from './coverage.ts'
import { checkLines } from './lines.ts'
import { isOnlyVersions, type Settings } from './options.ts'
import { type Done, type Job, jobsOf, type Prepared, runJob } from './prepared.ts'
import type { Anomaly, Guarantee } from './report.ts'
import { checkSessions } from './sessions.ts'
import { checkSessionsByIdentity } from './sessions-by-identity.ts'
import { checkSessionsByQuantity } from './sessions-by-quantity.ts'
import {
  type Freshness,
  freshnessByQuantity,
  freshnessByVersion,
  type ReadAge,
} from './staleness.ts'
import {
  columnOf,
  createTally,
  type FilledCell,
  shrunkFirst,
  type Tally,
  violation,
} from './tally.ts'
import { checkVersions, type VersionFindings } from './version-order.ts'
import type { VersionMeaning } from './versions.ts'

/** The findings about the carts that one thread checked. */
export interface CartFindings {
  readonly cells: readonly FilledCell[]
  readonly freshness: readonly ReadAge[]
  /** Pairs of overlapping operations, for the coverage. */
  readonly overlaps: number
  readonly balance: Balance
  /** Carts that were not checked, because the check was interrupted. */
  readonly unchecked: number
}

/** All checks of carts, component by component. Checks of lists concern many carts and are not included. */
export interface CartsCheck {
  /** @param component carts that merges join */
  check(prepared: Prepared, component: readonly string[]): void
  /** The findings of all components so far. */
  findings(): CartFindings
}

export function openCartsCheck(versions: VersionMeaning, settings: Settings): CartsCheck {
  const tally = createTally(settings.examples)
  const freshness: Freshness[] = []
  const done: Done[] = []
  let overlaps = 0
  let shrunk = 0
  let unchecked = 0
  let balance = EMPTY_BALANCE
  const addToBalance = (one: Balance): void => {
    balance = addBalances(balance, one)
  }
  return {
    check(prepared, component) {
      if (isStopped(settings.limits.stop)) {
        unchecked += component.length
        return
      }
      for (const cart of component) overlaps += countOverlaps(prepared.survey.carts.get(cart) ?? [])
      const ages = checkComponent(prepared, component, versions, settings, tally, addToBalance)
      append(freshness, ages)
      for (const job of openJobs(prepared, component, ages, tally, settings)) {
        // Only violations that are shown are worth shrinking.
        const shrinkMs = shrunk < settings.examples ? settings.shrinkMs : 0
        const one = runInTime(prepared, job, settings, shrinkMs)
        if (job.promised && one.outcome.violation !== undefined) shrunk++
        done.push(one)
      }
      prepared.forget(component)
    },
    findings() {
      takeOrders(done.splice(0), tally)
      return { cells: tally.cells(), freshness, overlaps, balance, unchecked }
    },
  }
}

/** A search with what is left of the time of the run. */
function runInTime(prepared: Prepared, job: Job, settings: Settings, shrinkMs: number): Done {
  const { limits, endsAt, runMs } = settings
  const left = endsAt - Date.now()
  if (left <= 0) {
    const undecided = `the searches of this run reached their limit (${runMs / 1000} s)`
    return { job, outcome: { violation: undefined, support: 0, undecided } }
  }
  return runJob(prepared, job, {
    limits: { ...limits, ms: Math.min(limits.ms, left) },
    shrinkMs: Math.min(shrinkMs, left),
  })
}

/** All checks of a component except the searches for an order. Returns how fresh the reads were. */
function checkComponent(
  prepared: Prepared,
  component: readonly string[],
  versions: VersionMeaning,
  settings: Settings,
  tally: Tally,
  addToBalance: (balance: Balance) => void,
): Freshness[] {
  const wanted = new Set(settings.guarantees)
  const outcomes = new Map<string, VersionFindings>()
  const ages: Freshness[] = []
  for (const cart of component) {
    const view = prepared.viewOf(cart)
    if (view === undefined) continue
    const order = versions === 'counted' ? orderOf(prepared, wanted, outcomes, cart) : undefined
    takeVersions(view, order, tally)
    if (isOnlyVersions(settings)) continue
    if (wanted.has('conditions') && versions !== 'opaque' && !miscounts(order))
      takeConditions(view, tally)
    const own = prepared.survey.carts.get(cart) ?? []
    append(ages, takeCart(prepared, view, own, versions, wanted, tally, addToBalance))
  }
  return ages
}

function takeOrders(done: readonly Done[], tally: Tally): void {
  for (const { job, outcome } of done) {
    tally.support('linearizability', job.mode, outcome.support)
    if (outcome.undecided !== null) tally.undecided('linearizability', job.mode, outcome.undecided)
  }
  const violations = done.map(({ outcome }) => outcome.violation)
  for (const one of violations.filter((found) => found !== undefined).sort(shrunkFirst)) {
    tally.violated(one)
  }
}

/** Checks lines and sessions of one cart. Returns how fresh its reads were. */
function takeCart(
  prepared: Prepared,
  view: CartView,
  operations: readonly Operation[],
  versions: VersionMeaning,
  wanted: ReadonlySet<Guarantee>,
  tally: Tally,
  addToBalance: (balance: Balance) => void,
): Freshness[] {
  const lines = linesOfCart(view, prepared.viewOf)
  if (wanted.has('lines')) {
    takeLines(view, lines, tally)
    addToBalance(balanceOf(lines))
  }
  if (SESSION_GUARANTEES.some((guarantee) => wanted.has(guarantee))) {
    const sessions =
      versions === 'counted'
        ? checkSessions(view, operations)
        : checkSessionsByQuantity(lines, operations)
    takeSessions(sessions, wanted, tally)
    if (versions === 'opaque') {
      const { violations, checked } = checkSessionsByIdentity(view, operations)
      const known = new Set(
        sessions.checked.map(({ guarantee, operation }) => `${guarantee} ${operation.id}`),
      )
      const more = checked.filter(
        ({ guarantee, operation }) => !known.has(`${guarantee} ${operation.id}`),
      )
      takeSessions({ violations, checked: more }, wanted, tally)
    }
  }
  return versions === 'counted' ? freshnessByVersion(view) : freshnessByQuantity(lines)
}

const SESSION_GUARANTEES: readonly Guarantee[] = [
  'read_your_writes',
  'monotonic_reads',
  'monotonic_writes',
  'writes_follow_reads',
]

// Not push(...more): arguments are on the stack, and a cart can have a million reads.
function append<T>(list: T[], more: readonly T[]): void {
  for (const item of more) list.push(item)
}

function orderOf(
  prepared: Prepared,
  wanted: ReadonlySet<Guarantee>,
  outcomes: Map<string, VersionFindings>,
  cart: string,
): VersionFindings | undefined {
  return wanted.has('version_order') ? versionsOf(prepared, outcomes, cart) : undefined
}

/** Whether versions do not count changes. Then a condition on a version means nothing. */
function miscounts(order: VersionFindings | undefined): boolean {
  return order?.violations.some(({ anomaly }) => MISCOUNTED.has(anomaly)) === true
}

const MISCOUNTED: ReadonlySet<Anomaly> = new Set([
  'version_reused',
  'version_skipped',
  'duplicated_change',
])

/** The version order of a cart. Carts that were merged into it come first; a cycle of merges is cut. */
function versionsOf(
  prepared: Prepared,
  outcomes: Map<string, VersionFindings>,
  cart: string,
  within: ReadonlySet<string> = new Set(),
): VersionFindings | undefined {
  const known = outcomes.get(cart)
  const view = prepared.viewOf(cart)
  if (known !== undefined || view === undefined || within.has(cart)) return known
  const outcome = checkVersions(
    view,
    (source) => versionsOf(prepared, outcomes, source, new Set([...within, cart]))?.lines,
  )
  outcomes.set(cart, outcome)
  return outcome
}

function takeVersions(view: CartView, outcome: VersionFindings | undefined, tally: Tally): void {
  if (outcome === undefined) return
  tally.support('version_order', 'changes', outcome.support)
  const reads = { strong: 0, session: 0, eventual: 0 }
  for (const { read, version } of view.reads) {
    if (read !== undefined && version !== undefined) reads[read]++
  }
  for (const mode of READ_MODES) {
    tally.support('version_order', mode, reads[mode])
    if (outcome.undecided !== null && reads[mode] > 0) {
      tally.undecided('version_order', mode, outcome.undecided)
    }
  }
  if (outcome.undecided !== null) tally.undecided('version_order', 'changes', outcome.undecided)
  for (const found of outcome.violations) tally.violated(found)
}

function takeLines(view: CartView, lines: ReturnType<typeof linesOfCart>, tally: Tally): void {
  const { violations, reads, changes } = checkLines(lines)
  tally.support('lines', 'changes', changes)
  for (const read of reads) tally.support('lines', columnOf(read), 1)
  if (!view.begins)
    tally.undecided('lines', 'strong', 'the creation of a cart is not in the history')
  for (const found of violations) tally.violated(found)
}

function takeConditions(view: CartView, tally: Tally): void {
  const { violations, support } = checkConditions(view)
  tally.support('conditions', 'changes', support)
  for (const found of violations) tally.violated(found)
}

function takeSessions(
  { violations, checked }: ReturnType<typeof checkSessions>,
  wanted: ReadonlySet<Guarantee>,
  tally: Tally,
): void {
  for (const { guarantee, operation } of checked) {
    const aboutChanges = guarantee === 'monotonic_writes' || guarantee === 'writes_follow_reads'
    if (wanted.has(guarantee))
      tally.support(guarantee, aboutChanges ? 'changes' : columnOf(operation), 1)
  }
  for (const found of violations) {
    const { guarantee } = found
    const aboutChanges = guarantee === 'monotonic_writes' || guarantee === 'writes_follow_reads'
    if (wanted.has(guarantee))
      tally.violated(aboutChanges ? { ...found, read_mode: 'changes' } : found)
  }
}

/**
 * The searches that remain. A stale read is not linearizable, and showing that requires no search. So the first stale
 * read decides a mode that is not promised to be current.
 */
function openJobs(
  prepared: Prepared,
  component: readonly string[],
  freshness: readonly Freshness[],
  tally: Tally,
  settings: Settings,
): Job[] {
  if (!settings.guarantees.includes('linearizability')) return []
  const stale = new Set<string>()
  for (const { mode, read, missed } of freshness) {
    if (missed === undefined || settings.promises.linearizability.includes(mode)) continue
    const name = `${mode} ${read.cart}`
    if (stale.has(name)) continue
    stale.add(name)
    const message = 'a read did not see a change that was acknowledged before the read began'
    tally.support('linearizability', mode, 1)
    tally.violated(
      violation('linearizability', mode, 'stale_read', read.cart, message, [missed, read]),
    )
  }
  return jobsOf(prepared, component, settings.promises.linearizability).filter(
    ({ carts, mode }) => !carts.some((cart) => stale.has(`${mode} ${cart}`)),
  )
}
