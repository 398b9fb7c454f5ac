import {
  type Column,
  GUARANTEES,
  type Guarantee,
  type Report,
} from '../../consistency/check/index.ts'
import { type HistoryHeader, type Operation, productName } from '../../history/operation.ts'

/** A report and what else is said about its run. */
export interface Explained {
  readonly report: Report
  readonly header: HistoryHeader
}

export const COLUMNS: readonly Column[] = ['changes', 'strong', 'session', 'eventual']

/** A store in a heading, such as `postgres`: what comes before its address, where that is enough to tell it from others. */
export function storeNames(all: readonly Explained[]): string[] {
  const short = all.map(({ report }) => report.service.replace(/ at .*$/, ''))
  return new Set(short).size === all.length ? short : all.map(({ report }) => report.service)
}

/** A name for machines as words. */
export function spaced(name: string): string {
  return name.replaceAll('_', ' ')
}

/** The outcome in one sentence. */
export function headline({ report, header }: Explained): string {
  const { verdict, operations, carts, sessions, findings, evidence } = report
  const of = `${count(operations, 'operation')} of ${count(sessions, 'session')} on ${count(carts, 'cart')}`
  if (verdict === 'violated') {
    const broken = findings.filter((one) => one.promised && one.verdict === 'violated')
    const names = [...new Set(broken.map(({ guarantee }) => spaced(guarantee)))]
    return `Violated: ${names.join(', ')} (${of}).`
  }
  if (header.cut_off === true) return `Cut off: ${of} hold as far as they go, which proves nothing.`
  if (verdict === 'proves_nothing') return `Proves nothing: ${evidence.reasons.join('; ')}.`
  if (verdict === 'unknown')
    return `Unknown: nothing is violated, but not everything could be decided (${of}).`
  return `Everything that was checked holds (${of}).`
}

/** With a capital letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function count(number: number, what: string): string {
  return `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`
}

/** A cell of the matrix. */
export interface Cell {
  readonly kind: 'holds' | 'violated' | 'unknown' | 'unpromised' | 'none'
  readonly text: string
}

/** The matrix guarantee x read mode; a row for each guarantee, in the order of COLUMNS. */
export function matrixOf(
  report: Report,
): { readonly guarantee: Guarantee; readonly cells: Cell[] }[] {
  return GUARANTEES.map((guarantee) => ({
    guarantee,
    cells: COLUMNS.map((column) => cellOf(report, guarantee, column)),
  }))
}

function cellOf({ findings, not_checked }: Report, guarantee: Guarantee, column: Column): Cell {
  const found = findings.find((one) => one.guarantee === guarantee && one.read_mode === column)
  if (found === undefined) {
    const promised = not_checked.some(
      (one) => one.guarantee === guarantee && one.read_mode === column,
    )
    return { kind: 'none', text: promised ? 'not checked' : '-' }
  }
  const { verdict, promised, support, violation_count } = found
  const seen = support.toLocaleString('en-US')
  if (verdict === 'violated' && !promised)
    return { kind: 'unpromised', text: `not promised, and broken ${times(violation_count)}` }
  if (verdict === 'violated')
    return { kind: 'violated', text: `VIOLATED ${times(violation_count)}` }
  if (verdict === 'unknown') return { kind: 'unknown', text: 'unknown' }
  return { kind: 'holds', text: `holds, ${seen}` }
}

function times(number: number): string {
  return number === 1 ? 'once' : `${number.toLocaleString('en-US')} times`
}

/** The products that the changes among some operations are about: what to look at in the reads beside them. */
export function productsIn(operations: readonly Operation[]): ReadonlySet<string> {
  return new Set(
    operations.flatMap(({ kind, lines = [], product }) => [
      ...(kind === 'add' || kind === 'set' ? lines.map(([id]) => id) : []),
      ...(product === undefined ? [] : [product]),
    ]),
  )
}

/**
 * What an operation asked and was answered, without who and when.
 *
 * @param products those to show of a cart that was read; all, where there are none
 */
export function operationText(operation: Operation, products: ReadonlySet<string>): string {
  const { status, version } = operation
  const answer =
    status === 'ok'
      ? [
          ...(shownOf(operation, products) ?? []),
          ...(version === undefined ? [] : [`version ${version}`]),
        ]
      : [status === 'fail' ? refusalText(operation) : 'answer lost']
  return `${askedOf(operation)}${conditionOf(operation)}: ${answer.join(', ') || 'done'}`
}

function refusalText({ kind, error }: Operation): string {
  const why = spaced(error ?? 'no reason')
  return kind === 'get' ? why : `refused, ${why}`
}

function conditionOf({ if_version: wanted }: Operation): string {
  return wanted === undefined ? '' : ` if at version ${wanted.join(' or ')}`
}

function askedOf(operation: Operation): string {
  const { kind, lines = [], product, from, strategy, read, customer } = operation
  switch (kind) {
    case 'get':
      // What a list showed of a cart is looked at like a read of it.
      if (customer !== undefined) return `list of customer ${customer}`
      return `read (${read}${operation.min_version === undefined ? '' : ` >= ${operation.min_version}`})`
    case 'list':
      return `list of customer ${customer}`
    case 'add':
    case 'set':
      return `${kind} ${linesText(lines)}`
    case 'remove':
      return `remove ${productName(product ?? '')}`
    case 'merge':
      return `merge cart ${shortId(from ?? '')} in${strategy === undefined || strategy === 'sum' ? '' : `, ${strategy}`}`
    default:
      return kind
  }
}

function shownOf(
  { kind, lines = [], carts, cart_status }: Operation,
  products: ReadonlySet<string>,
): string[] | undefined {
  if (kind === 'list') return [`${carts?.length ?? 0} carts`]
  if (kind !== 'get') return undefined
  const told = lines.filter(([product]) => products.has(product))
  const missing = [...products].filter((product) => !lines.some(([id]) => id === product))
  const shown = products.size === 0 ? lines : told
  const text = [
    ...(shown.length > 0 ? [linesText(shown)] : []),
    ...(lines.length > 0
      ? missing.slice(0, MOST_LINES).map((product) => `no ${productName(product)}`)
      : []),
  ].join(', ')
  const status = cart_status === undefined || cart_status === 'active' ? [] : [spaced(cart_status)]
  return [text || 'empty', ...status]
}

const MOST_LINES = 4

function linesText(lines: NonNullable<Operation['lines']>): string {
  const shown = lines
    .slice(0, MOST_LINES)
    .map(([product, quantity]) => `${quantity} × ${productName(product)}`)
  const hidden = lines.length - shown.length
  return shown.join(' + ') + (hidden > 0 ? ` + ${hidden} more` : '')
}

/** The end of an id, which tells carts of one second apart. */
export function shortId(id: string): string {
  return id.length <= 10 ? id : `…${id.slice(-8)}`
}

/** Nanoseconds as milliseconds with as many decimals as tell something. */
export function ms(nanoseconds: number): string {
  const value = nanoseconds / 1e6
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(2)} ms`
}

/** Operations as one line each, with who and when; times from the first call on. */
export function operationLines(operations: readonly Operation[]): string[] {
  const products = productsIn(operations)
  const start = operations[0]?.call ?? 0
  return operations.map((operation) => operationLine(operation, start, products))
}

function operationLine(operation: Operation, start: number, products: ReadonlySet<string>): string {
  const { session, process, call, return: end, status, faults, key, final } = operation
  const when = `${ms(call - start)} to ${status === 'info' ? 'never' : ms(end - start)}`
  const more = [
    ...(key === undefined ? [] : [`key ${shortId(key)}`]),
    ...(final === true ? ['in the end'] : []),
    ...(faults === undefined ? [] : [`during ${faults.map(spaced).join(', ')}`]),
  ]
  const tail = more.length === 0 ? '' : ` [${more.join('; ')}]`
  return `${session} at ${process}, ${when}: ${operationText(operation, products)}${tail}`
}
