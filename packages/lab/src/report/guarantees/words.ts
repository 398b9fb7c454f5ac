import {
  type Column,
  GUARANTEES,
  type Guarantee,
  type HistoryHeader,
  type Operation,
  productName,
  type Report,
  type Staleness,
} from '@pushcart/histories'

/** A report with the header of its history. */
export interface Explained {
  readonly report: Report
  readonly header: HistoryHeader
}

export const COLUMNS: readonly Column[] = ['changes', 'strong', 'session', 'eventual']

/** Names of the stores in headings, such as `postgres`; with the address where the names alone are ambiguous. */
export function storeNames(all: readonly Explained[]): string[] {
  const short = all.map(({ report }) => report.service.replace(/ at .*$/, ''))
  return new Set(short).size === all.length ? short : all.map(({ report }) => report.service)
}

/** The store's name and a separator if there are several stores, otherwise nothing. */
export function ofStore(names: readonly string[], at: number, separator: string): string {
  return names.length === 1 ? '' : `${names[at]}${separator}`
}

/** An identifier as words. */
export function spaced(name: string): string {
  return name.replaceAll('_', ' ')
}

/** The outcome in one sentence. */
export function headline({ report, header }: Explained): string {
  const { verdict, operations, carts, sessions, findings, coverage } = report
  const of = `${count(operations, 'operation')} of ${count(sessions, 'session')} on ${count(carts, 'cart')}`
  if (verdict === 'violated') {
    const broken = findings.filter((one) => one.promised && one.verdict === 'violated')
    const names = [...new Set(broken.map(({ guarantee }) => spaced(guarantee)))]
    return `Violated: ${names.join(', ')} (${of}).`
  }
  if (header.cut_off === true)
    return `Inconclusive: the recording ended early. No violation so far (${of}).`
  if (verdict === 'proves_nothing') return `Inconclusive: ${coverage.reasons.join('; ')}.`
  if (verdict === 'unknown')
    return `Undecided: no violation, but some guarantees are undecided (${of}).`
  return `All checked guarantees hold (${of}).`
}

/** What was measured of the freshness of reads; with their source, if the lab delays it. */
export function freshnessText(
  { read_mode: mode, statement }: Staleness,
  { eventual_from: source }: HistoryHeader,
): string {
  return mode === 'eventual' && source !== undefined ? `${statement}; from ${source}` : statement
}

/** With a capital first letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function count(number: number, what: string): string {
  return `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`
}

/** A cell of the matrix. */
export interface MatrixCell {
  readonly kind: 'holds' | 'violated' | 'unknown' | 'unpromised' | 'unchecked' | 'absent'
  readonly text: string
}

/** The matrix guarantee x read mode, with cells in the order of COLUMNS. */
export function matrixOf(
  report: Report,
): { readonly guarantee: Guarantee; readonly cells: MatrixCell[] }[] {
  return GUARANTEES.map((guarantee) => ({
    guarantee,
    cells: COLUMNS.map((column) => cellOf(report, guarantee, column)),
  }))
}

function cellOf(
  { findings, not_checked }: Report,
  guarantee: Guarantee,
  column: Column,
): MatrixCell {
  const found = findings.find((one) => one.guarantee === guarantee && one.read_mode === column)
  if (found === undefined) {
    const promised = not_checked.some(
      (one) => one.guarantee === guarantee && one.read_mode === column,
    )
    return promised ? { kind: 'unchecked', text: 'not checked' } : { kind: 'absent', text: '-' }
  }
  const { verdict, promised, support, violation_count } = found
  const seen = support.toLocaleString('en-US')
  if (verdict === 'violated' && !promised)
    return { kind: 'unpromised', text: `not promised, violated ${times(violation_count)}` }
  if (verdict === 'violated')
    return { kind: 'violated', text: `VIOLATED ${times(violation_count)}` }
  if (verdict === 'unknown') return { kind: 'unknown', text: 'undecided' }
  return { kind: 'holds', text: `holds, ${seen}` }
}

function times(number: number): string {
  return number === 1 ? 'once' : `${number.toLocaleString('en-US')} times`
}

/**
 * The products worth showing in the reads among the operations: those that the operations change, and enough of those in
 * which reads differ that no two different reads look alike.
 */
export function productsIn(operations: readonly Operation[]): ReadonlySet<string> {
  const shown = new Set(
    operations.flatMap(({ kind, lines = [], product }) => [
      ...(kind === 'add' || kind === 'set' ? lines.map(([id]) => id) : []),
      ...(product === undefined ? [] : [product]),
    ]),
  )
  const reads = operations
    .filter(({ kind, status }) => kind === 'get' && status === 'ok')
    .map(({ lines = [] }) => new Map(lines))
  const all = new Set(reads.flatMap((read) => [...read.keys()]))
  const differing = [...all].filter((product) => {
    const [first] = reads
    return reads.some((read) => read.get(product) !== first?.get(product))
  })
  const textOf = (read: ReadonlyMap<string, number>) =>
    [...shown].map((product) => read.get(product) ?? 0).join()
  const classes = () => new Set(reads.map(textOf)).size
  if (shown.size === 0) for (const product of differing.slice(0, MOST_LINES)) shown.add(product)
  for (const product of differing) {
    if (shown.has(product)) continue
    const before = classes()
    shown.add(product)
    if (classes() === before) shown.delete(product)
  }
  return shown
}

/**
 * Request and response of an operation.
 *
 * @param products those to show of a cart that was read; all if empty
 */
export function operationText(operation: Operation, products: ReadonlySet<string>): string {
  const { status, version } = operation
  const answer =
    status === 'ok'
      ? [
          ...(shownOf(operation, products) ?? []),
          ...(version === undefined ? [] : [`version ${version}`]),
        ]
      : [status === 'fail' ? refusalText(operation) : 'no response']
  return `${askedOf(operation)}${conditionOf(operation)}: ${answer.join(', ') || 'done'}`
}

function refusalText({ kind, error }: Operation): string {
  const why = spaced(error ?? 'no reason')
  return kind === 'get' ? why : `rejected, ${why}`
}

function conditionOf({ if_version: wanted }: Operation): string {
  return wanted === undefined ? '' : ` if at version ${wanted.join(' or ')}`
}

function askedOf(operation: Operation): string {
  const { kind, lines = [], product, from, strategy, read, customer } = operation
  switch (kind) {
    case 'get':
      // An entry of a list counts as a read of its cart.
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
  const changed = lines.filter(([product]) => products.has(product))
  const missing = [...products].filter((product) => !lines.some(([id]) => id === product))
  const shown = products.size === 0 ? lines : changed
  const text = [
    // Products that were chosen are shown however many they are: the reason of the violation is among them.
    ...(shown.length > 0 ? [linesText(shown, products.size === 0 ? MOST_LINES : Infinity)] : []),
    ...(lines.length > 0 ? missing.map((product) => `no ${productName(product)}`) : []),
  ].join(', ')
  const status = cart_status === undefined || cart_status === 'active' ? [] : [spaced(cart_status)]
  return [text || 'empty', ...status]
}

const MOST_LINES = 4

function linesText(lines: NonNullable<Operation['lines']>, most = MOST_LINES): string {
  const shown = lines
    .slice(0, most)
    .map(([product, quantity]) => `${quantity} × ${productName(product)}`)
  const hidden = lines.length - shown.length
  return shown.join(' + ') + (hidden > 0 ? ` + ${hidden} more` : '')
}

/** The end of an id; its beginning is a timestamp. */
export function shortId(id: string): string {
  return id.length <= 10 ? id : `…${id.slice(-8)}`
}

/** Nanoseconds as milliseconds, with 2 decimals below 100 ms. */
export function ms(nanoseconds: number): string {
  const value = nanoseconds / 1e6
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(2)} ms`
}

/** A line for each operation, with session, instance and times since the first call. */
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
    ...(final === true ? ['final read'] : []),
    ...(faults === undefined ? [] : [`during ${faults.map(spaced).join(', ')}`]),
  ]
  const tail = more.length === 0 ? '' : ` [${more.join('; ')}]`
  return `${session} at ${process}, ${when}: ${operationText(operation, products)}${tail}`
}
