import { checkHistoryOnAllCores } from '../check/all-cores.ts'
import type { Finding, Report, Violation } from '../check/report.ts'
import { type Operation, productName } from '../history/operation.ts'
import { readHistory } from '../history/read-history.ts'
import type { CheckFile } from './file-result.ts'

/** Checks a file of the history of a cart service. */
export const checkCartFile: CheckFile = async (path, limits) => {
  const report = await checkHistoryOnAllCores(await readHistory(path), { limits })
  const { verdict } = report
  return {
    verdict: verdict === 'proves_nothing' ? 'unknown' : verdict,
    lines: linesOf(report),
    result: report,
  }
}

function linesOf({ findings, not_checked, coverage, verdict }: Report): string[] {
  const names = findings.map(({ guarantee, read_mode }) => `${guarantee} (${read_mode})`)
  const width = Math.max(0, ...names.map((name) => name.length))
  return [
    ...findings.flatMap((one, at) => findingLines(one, (names[at] ?? '').padEnd(width))),
    ...not_checked.map((one) => `${one.guarantee} (${one.read_mode}) not checked: ${one.reason}`),
    ...coverage.reasons.map((reason) => `proves nothing: ${reason}`),
    `verdict: ${verdict}`,
  ]
}

function findingLines(finding: Finding, name: string): string[] {
  const { verdict, promised, support, reason, violations } = finding
  const why = verdict === 'unknown' && reason !== null ? `: ${reason}` : ''
  const expected = promised ? '' : ' (not promised)'
  const head = `${name}  ${verdict.padEnd(8)}  ${support} operations${expected}${why}`
  return [head, ...(promised ? violations.slice(0, 1).flatMap(violationLines) : [])]
}

function violationLines({ cart, message, operations }: Violation): string[] {
  return [`  cart ${cart}: ${message}`, ...operations.map((one) => `    ${describe(one)}`)]
}

function describe(operation: Operation): string {
  const {
    session,
    kind,
    lines,
    product,
    from,
    version,
    status,
    error,
    call,
    return: end,
  } = operation
  const what = [
    kind,
    ...(lines ?? []).map(([name, units]) => `${units} × ${productName(name)}`),
    ...(product === undefined ? [] : [productName(product)]),
    ...(from === undefined ? [] : [`from ${from}`]),
  ]
  const outcome = error ?? (version === undefined ? status : `version ${version}`)
  return `session ${session}: ${what.join(' ')}: ${outcome} (${call} to ${end} ns)`
}
