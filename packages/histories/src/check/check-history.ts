import {
  type History,
  type HistoryHeader,
  READ_MODES,
  type ReadMode,
} from '../history/operation.ts'
import { type CartFindings, openCartsCheck } from './check-carts.ts'
import { measureCoverage } from './coverage.ts'
import { checkCreates } from './creates.ts'
import { diagnose, type FaultOf, type Sighting } from './diagnose.ts'
import { checkLists } from './lists.ts'
import { type CheckOptions, type Settings, settingsOf } from './options.ts'
import { componentsOfHistory, type Prepared, prepare } from './prepared.ts'
import {
  type Column,
  type Finding,
  GUARANTEES,
  type Guarantee,
  type NotChecked,
  type Report,
} from './report.ts'
import { summariseStaleness } from './staleness.ts'
import { createTally, findingOf, type Tally } from './tally.ts'
import { meaningOfVersions, type VersionMeaning } from './versions.ts'

/** Makes every check that the history allows, on this thread. A pure function, except for the time limits of the searches. */
export function checkHistory(history: History, options: CheckOptions = {}): Report {
  const settings = settingsOf(options)
  const { service } = history.header
  const prepared = prepare(history, service.keys)
  const carts = openCartsCheck(meaningOfVersions(service), settings)
  for (const component of componentsOfHistory(prepared)) carts.check(prepared, component)
  return reportOf(history, prepared, carts.findings(), settings)
}

/**
 * Combines the findings about carts with the checks of the whole history.
 *
 * @param prepared the whole history
 */
export function reportOf(
  history: History,
  prepared: Prepared,
  { cells, freshness, overlaps, balance, unchecked }: CartFindings,
  settings: Settings,
): Report {
  const { header, operations } = history
  const tally = createTally(settings.examples)
  tally.merge(cells)
  if (settings.guarantees.includes('lists')) takeLists(prepared, tally)
  if (settings.guarantees.includes('lines') && header.service.keys) {
    for (const found of checkCreates(prepared.survey.creates)) tally.violated(found)
  }
  const { diagnoses, faultOf } = diagnose(sightingsOf(tally, settings), balance)
  const findings = findingsOf(tally, settings).map((finding) => attributed(finding, faultOf))
  const coverage = measureCoverage(
    header,
    { ...prepared.survey, unchecked },
    overlaps,
    settings.coverage,
  )
  return {
    report_version: 1,
    service: header.service.name,
    seed: header.seed,
    operations: operations.length,
    carts: prepared.survey.carts.size,
    sessions: prepared.survey.sessions,
    verdict: verdictOf(findings, coverage.proves_nothing),
    balance,
    diagnoses,
    findings,
    not_checked: notChecked(header, prepared.survey.modes, findings, settings),
    staleness: summariseStaleness(freshness),
    coverage,
  }
}

function takeLists(prepared: Prepared, tally: Tally): void {
  const { survey, viewOf, listed } = prepared
  const { carts, lists } = survey
  if (lists.length === 0) return
  const views = [...carts.keys()].map(viewOf).filter((view) => view !== undefined)
  for (const list of lists) tally.support('lists', list.read ?? 'strong', 1)
  for (const found of checkLists(lists, views, listed)) tally.violated(found)
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

function sightingsOf(tally: Tally, { promises }: Settings): Sighting[] {
  const promised = tally
    .cells()
    .filter(({ guarantee, column }) => promises[guarantee].includes(column))
  return promised.flatMap(({ guarantee, column, cell }) =>
    [...cell.sightings].flatMap(([cart, anomalies]) =>
      [...anomalies].map(([anomaly, count]) => ({
        guarantee,
        read_mode: column,
        cart,
        anomaly,
        count,
      })),
    ),
  )
}

function attributed(finding: Finding, faultOf: FaultOf): Finding {
  if (!finding.promised) return finding
  const violations = finding.violations.map((one) => ({
    ...one,
    fault: faultOf(one.anomaly, one.cart),
  }))
  return { ...finding, violations }
}

function verdictOf(findings: readonly Finding[], provesNothing: boolean): Report['verdict'] {
  const promised = findings.filter((finding) => finding.promised)
  if (promised.some(({ verdict }) => verdict === 'violated')) return 'violated'
  if (provesNothing) return 'proves_nothing'
  return promised.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'holds'
}

const COLUMNS: readonly Column[] = ['changes', ...READ_MODES]

/** Every promised cell that no operation was checked for, with the reason. */
function notChecked(
  header: HistoryHeader,
  read: ReadonlySet<ReadMode>,
  findings: readonly Finding[],
  { guarantees, promises }: Settings,
): NotChecked[] {
  return guarantees.flatMap((guarantee) =>
    promises[guarantee]
      .filter(
        (column) =>
          !findings.some(
            (one) =>
              one.guarantee === guarantee &&
              // Lists of one mode are enough: a service has one kind of lists.
              (one.read_mode === column || guarantee === 'lists'),
          ),
      )
      .map((column) => ({
        guarantee,
        read_mode: column,
        reason: reasonFor(guarantee, column, meaningOfVersions(header.service), read),
      })),
  )
}

function reasonFor(
  guarantee: Guarantee,
  column: Column,
  versions: VersionMeaning,
  read: ReadonlySet<ReadMode>,
): string {
  if (guarantee === 'version_order' && versions === 'opaque')
    return 'the versions of the service do not rise by one with every change'
  if (guarantee === 'version_order' && versions === 'none') return 'the service has no versions'
  if (guarantee === 'lists') return 'the history has no lists'
  if (guarantee === 'conditions') return 'the history has no conditional changes'
  if (column !== 'changes' && !read.has(column)) return `the history has no ${column} reads`
  if (versions !== 'counted')
    return 'without versions that count changes, no operation of this history can be checked for it'
  return 'no operation of this history can be checked for it'
}
