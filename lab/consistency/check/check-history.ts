import { type History, type Operation, READ_MODES } from '../../history/operation.ts'
import { linesOfCart } from './cart-lines.ts'
import type { CartView } from './cart-view.ts'
import { weighEvidence } from './evidence.ts'
import { checkLines } from './lines.ts'
import { checkLists } from './lists.ts'
import { type CheckOptions, type Settings, settingsOf } from './options.ts'
import { type Done, type Job, jobsOf, type Prepared, prepare, runJobs } from './prepared.ts'
import {
  type Column,
  type Finding,
  GUARANTEES,
  type Guarantee,
  type NotChecked,
  type Report,
} from './report.ts'
import { checkSessions, modeOf } from './sessions.ts'
import { checkSessionsByQuantity } from './sessions-by-quantity.ts'
import {
  type Freshness,
  freshnessByQuantity,
  freshnessByVersion,
  summariseStaleness,
} from './staleness.ts'
import { createTally, findingOf, type Tally, violation } from './tally.ts'
import { checkVersions, columnOf, type VersionOutcome } from './version-order.ts'

/** Checks a history on this thread; see `index.ts`. */
export function checkHistory(history: History, options: CheckOptions = {}): Report {
  const settings = settingsOf(options)
  const onlyVersions = isOnlyVersions(settings)
  const prepared = prepare(history, history.header.service.keys, !onlyVersions)
  const check = checkAllButOrders(history, prepared, settings)
  const jobs = openJobs(prepared, check, settings)
  const done = runJobs(prepared, jobs, settings)
  return reportOf(history, prepared, check, done, settings)
}

function isOnlyVersions({ guarantees }: Settings): boolean {
  return guarantees.length === 1 && guarantees[0] === 'version_order'
}

/** What is found before the searches for an order. */
export interface FirstFindings {
  readonly tally: Tally
  readonly freshness: readonly Freshness[]
}

/** Everything but linearizability, whose searches can run elsewhere. */
export function checkAllButOrders(
  { header, operations }: History,
  prepared: Prepared,
  settings: Settings,
): FirstFindings {
  const tally = createTally(settings.examples)
  const wanted = new Set(settings.guarantees)
  const onlyVersions = isOnlyVersions(settings)
  const { versions } = header.service
  const freshness: Freshness[] = []
  const views: CartView[] = []
  const outcomes = new Map<string, VersionOutcome>()
  for (const [cart, own] of prepared.index) {
    const view = prepared.viewOf(cart)
    if (view === undefined) continue
    if (!onlyVersions) views.push(view)
    if (versions && wanted.has('version_order')) {
      takeVersions(view, versionsOf(prepared, outcomes, cart), tally)
    }
    if (!onlyVersions) append(freshness, takeCart(prepared, view, own, versions, wanted, tally))
  }
  if (wanted.has('lists')) takeLists(operations, views, tally)
  return { tally, freshness }
}

/** Lines and sessions of one cart; returns how fresh its reads were. */
function takeCart(
  prepared: Prepared,
  view: CartView,
  operations: readonly Operation[],
  versions: boolean,
  wanted: ReadonlySet<Guarantee>,
  tally: Tally,
): Freshness[] {
  const lines = linesOfCart(view, prepared.viewOf)
  if (wanted.has('lines')) takeLines(view, lines, tally)
  const sessions = versions
    ? checkSessions(view, operations)
    : checkSessionsByQuantity(lines, operations)
  takeSessions(sessions, wanted, tally)
  return versions ? freshnessByVersion(view) : freshnessByQuantity(lines)
}

// Not push(...more): arguments are on the stack, and a cart can have a million reads.
function append<T>(list: T[], more: readonly T[]): void {
  for (const item of more) list.push(item)
}

/** The version order of a cart; those that were merged into it come first, and a circle of merges ends nowhere. */
function versionsOf(
  prepared: Prepared,
  outcomes: Map<string, VersionOutcome>,
  cart: string,
  within: ReadonlySet<string> = new Set(),
): VersionOutcome | undefined {
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

function takeVersions(view: CartView, outcome: VersionOutcome | undefined, tally: Tally): void {
  if (outcome === undefined) return
  tally.support('version_order', 'changes', outcome.support)
  for (const mode of READ_MODES) {
    const reads = view.reads.filter(({ read, version }) => read === mode && version !== undefined)
    tally.support('version_order', mode, reads.length)
    if (outcome.undecided !== null && reads.length > 0) {
      tally.undecided('version_order', mode, outcome.undecided)
    }
  }
  if (outcome.undecided !== null) tally.undecided('version_order', 'changes', outcome.undecided)
  for (const found of outcome.violations) tally.violated(found)
}

function takeLines(view: CartView, lines: ReturnType<typeof linesOfCart>, tally: Tally): void {
  const { violations, reads } = checkLines(lines)
  for (const read of reads) tally.support('lines', columnOf(read), 1)
  if (!view.begins)
    tally.undecided('lines', 'strong', 'the creation of a cart is not in the history')
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
      tally.support(guarantee, aboutChanges ? 'changes' : modeOf(operation), 1)
  }
  for (const found of violations) {
    const { guarantee } = found
    const aboutChanges = guarantee === 'monotonic_writes' || guarantee === 'writes_follow_reads'
    if (wanted.has(guarantee))
      tally.violated(aboutChanges ? { ...found, read_mode: 'changes' } : found)
  }
}

function takeLists(
  operations: readonly Operation[],
  views: readonly CartView[],
  tally: Tally,
): void {
  const { violations, lists } = checkLists(operations, views)
  for (const list of lists) tally.support('lists', list.read ?? 'strong', 1)
  for (const found of violations) tally.violated(found)
}

/**
 * The searches that are left to make. A stale read is not linearizable, and needs no search to show it: so modes that
 * are not meant to be current are decided by the first stale read, if there is one.
 */
export function openJobs(
  prepared: Prepared,
  { tally, freshness }: FirstFindings,
  settings: Settings,
): Job[] {
  if (!settings.guarantees.includes('linearizability')) return []
  const stale = new Set<string>()
  for (const { mode, read, missed } of freshness) {
    if (missed === undefined || settings.promises.linearizability.includes(mode)) continue
    const name = `${mode} ${read.cart}`
    if (stale.has(name)) continue
    stale.add(name)
    const message = 'a read did not see what had been answered before it began'
    tally.support('linearizability', mode, 1)
    tally.violated(
      violation('linearizability', mode, 'stale_read', read.cart, message, [missed, read]),
    )
  }
  return jobsOf(prepared, settings.promises.linearizability).filter(
    ({ carts, mode }) => !carts.some((cart) => stale.has(`${mode} ${cart}`)),
  )
}

/** Puts everything together. */
export function reportOf(
  history: History,
  prepared: Prepared,
  { tally, freshness }: FirstFindings,
  done: readonly Done[],
  settings: Settings,
): Report {
  // Those that were shrunk to a few operations are shown first.
  const shown = ({ outcome }: Done): number => outcome.violation?.operations.length ?? 0
  for (const { job, outcome } of [...done].sort((a, b) => shown(b) - shown(a))) {
    tally.support('linearizability', job.mode, outcome.support)
    if (outcome.undecided !== null) tally.undecided('linearizability', job.mode, outcome.undecided)
    if (outcome.violation !== undefined) tally.violated(outcome.violation)
  }
  const { header, operations } = history
  const findings = findingsOf(tally, settings)
  const evidence = weighEvidence(history, prepared.index, settings.evidence)
  return {
    report_version: 1,
    service: header.service.name,
    seed: header.seed,
    operations: operations.length,
    carts: prepared.index.size,
    sessions: new Set(operations.map(({ session }) => session)).size,
    verdict: verdictOf(findings, evidence.proves_nothing),
    findings,
    not_checked: notChecked(history, findings, settings),
    staleness: summariseStaleness(freshness),
    evidence,
  }
}

function findingsOf(tally: Tally, { promises }: Settings): Finding[] {
  const rank = ({ guarantee, read_mode: column }: Finding): number =>
    GUARANTEES.indexOf(guarantee) * COLUMNS.length + COLUMNS.indexOf(column)
  return tally
    .cells()
    .map(({ guarantee, column, cell }) =>
      findingOf(guarantee, column, cell, promises[guarantee].includes(column)),
    )
    .sort((a, b) => rank(a) - rank(b))
}

function verdictOf(findings: readonly Finding[], provesNothing: boolean): Report['verdict'] {
  const promised = findings.filter((finding) => finding.promised)
  if (promised.some(({ verdict }) => verdict === 'violated')) return 'violated'
  if (provesNothing) return 'proves_nothing'
  return promised.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'holds'
}

const COLUMNS: readonly Column[] = ['changes', ...READ_MODES]

/** Every promised cell that nothing was held against, with the reason. */
function notChecked(
  { header, operations }: History,
  findings: readonly Finding[],
  { guarantees, promises }: Settings,
): NotChecked[] {
  const read = new Set(operations.map((operation) => operation.read))
  return guarantees.flatMap((guarantee) =>
    promises[guarantee]
      .filter(
        (column) =>
          !findings.some((one) => one.guarantee === guarantee && one.read_mode === column),
      )
      .map((column) => ({
        guarantee,
        read_mode: column,
        reason: reasonFor(guarantee, column, header.service.versions, read),
      })),
  )
}

function reasonFor(
  guarantee: Guarantee,
  column: Column,
  versions: boolean,
  read: ReadonlySet<Operation['read']>,
): string {
  if (guarantee === 'version_order' && !versions) return 'the service has no versions'
  if (column !== 'changes' && !read.has(column)) return `the history has no ${column} reads`
  if (guarantee === 'lists') return 'the history has no lists of this mode'
  if (!versions) return 'without versions, no operation of this history could tell'
  return 'no operation of this history could tell'
}
