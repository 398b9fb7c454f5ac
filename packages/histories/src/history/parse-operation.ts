import {
  BadField,
  countOf,
  type Fields,
  flagOf,
  type Intern,
  isFields,
  listOf,
  oneOf,
  optional,
  textOf,
} from './fields.ts'
import {
  aKind,
  CART_STATUSES,
  type HistoryHeader,
  KINDS,
  type Kind,
  type Line,
  type ListedCart,
  type Operation,
  type PlannedFault,
  READ_MODES,
  STATUSES,
  STRATEGIES,
} from './operation.ts'

/** @throws BadField */
export function parseHeader(fields: Fields): HistoryHeader {
  if (fields.format !== 'pushcart-history') {
    throw new BadField('not a history: format must be "pushcart-history"')
  }
  if (fields.format_version !== 1) throw new BadField('format_version must be 1')
  const { service } = fields
  if (!isFields(service)) throw new BadField('service must be an object')
  return {
    format: 'pushcart-history',
    format_version: 1,
    seed: countOf(fields, 'seed'),
    service: {
      name: textOf(service, 'name'),
      versions: flagOf(service, 'versions'),
      opaque_versions: optional(service, 'opaque_versions', flagOf),
      keys: flagOf(service, 'keys'),
    },
    eventual_from: optional(fields, 'eventual_from', textOf),
    may_refuse: optional(fields, 'may_refuse', (from, name) => listOf(from, name, textItem)),
    faults: listOf(fields, 'faults', textItem),
    fault_windows: optional(fields, 'fault_windows', (from, name) =>
      listOf(from, name, windowItem),
    ),
    cut_off: optional(fields, 'cut_off', flagOf),
  }
}

function windowItem(item: unknown): PlannedFault {
  if (!isFields(item)) throw new BadField('fault_windows must be a list of objects')
  return { fault: textOf(item, 'fault'), from: countOf(item, 'from'), to: countOf(item, 'to') }
}

/** @throws BadField */
export function parseOperation(fields: Fields, intern: Intern): Operation {
  const text = (from: Fields, name: string): string => intern(textOf(from, name))
  const lines = (from: Fields, name: string): Line[] => linesOf(from, name, intern)
  // One literal, so that all operations share one hidden class: there can be a million of them.
  const operation: Operation = {
    id: countOf(fields, 'id'),
    session: text(fields, 'session'),
    process: text(fields, 'process'),
    kind: oneOf(fields, 'kind', KINDS),
    cart: text(fields, 'cart'),
    customer: optional(fields, 'customer', text),
    intended: countOf(fields, 'intended'),
    call: countOf(fields, 'call'),
    return: countOf(fields, 'return'),
    status: oneOf(fields, 'status', STATUSES),
    error: optional(fields, 'error', text),
    lines: optional(fields, 'lines', lines),
    product: optional(fields, 'product', text),
    from: optional(fields, 'from', text),
    strategy: optional(fields, 'strategy', (from, name) => oneOf(from, name, STRATEGIES)),
    if_version: optional(fields, 'if_version', (from, name) => listOf(from, name, countItem)),
    key: optional(fields, 'key', textOf),
    read: optional(fields, 'read', (from, name) => oneOf(from, name, READ_MODES)),
    min_version: optional(fields, 'min_version', countOf),
    version: optional(fields, 'version', countOf),
    cart_status: optional(fields, 'cart_status', (from, name) => oneOf(from, name, CART_STATUSES)),
    carts: optional(fields, 'carts', (from, name) =>
      listOf(from, name, (item) => parseListed(item, intern)),
    ),
    final: optional(fields, 'final', flagOf),
    faults: optional(fields, 'faults', (from, name) =>
      listOf(from, name, (item) => intern(textItem(item))),
    ),
  }
  requireConsistent(operation)
  return operation
}

/** The fields that an operation of each kind requires, beyond those of all operations. */
const NEEDED: { readonly [K in Kind]?: readonly (keyof Operation)[] } = {
  get: ['read'],
  list: ['read', 'customer'],
  create: ['customer'],
  add: ['lines'],
  set: ['lines'],
  remove: ['product'],
  merge: ['from'],
}

function requireConsistent(operation: Operation): void {
  const { kind, status } = operation
  if (operation.return < operation.call) throw new BadField('return must not be before call')
  for (const name of NEEDED[kind] ?? []) {
    if (operation[name] === undefined) throw new BadField(`${aKind(kind)} needs ${name}`)
  }
  if (kind !== 'list' && kind !== 'create' && operation.cart === '') {
    throw new BadField(`${aKind(kind)} needs a cart`)
  }
  if (kind === 'add' || kind === 'set') requireChange(operation)
  if (kind === 'merge' && operation.from === operation.cart) {
    throw new BadField('a cart cannot be merged into itself')
  }
  if (status === 'ok') requireResponse(operation)
}

function requireResponse({ kind, lines, carts, cart }: Operation): void {
  if (kind === 'get' && lines === undefined) throw new BadField('a get with status ok needs lines')
  if (kind === 'list' && carts === undefined)
    throw new BadField('a list with status ok needs carts')
  if (kind === 'create' && cart === '') throw new BadField('a create with status ok needs a cart')
}

function requireChange({ kind, lines = [] }: Operation): void {
  const most = kind === 'set' ? 1 : 100
  if (lines.length < 1 || lines.length > most) {
    throw new BadField(`${aKind(kind)} needs ${kind === 'set' ? 'one line' : '1 to 100 lines'}`)
  }
  if (lines.some(([, quantity]) => quantity < 1)) {
    throw new BadField(`${aKind(kind)} needs a quantity of at least 1`)
  }
}

function linesOf(fields: Fields, name: string, intern: Intern): Line[] {
  const lines = listOf(fields, name, (item) => parseLine(item, name, intern))
  if (lines.length > 1 && new Set(lines.map(([product]) => product)).size < lines.length) {
    throw new BadField(`${name} must name a product once only`)
  }
  return lines
}

function parseLine(item: unknown, name: string, intern: Intern): Line {
  const parts: readonly unknown[] = Array.isArray(item) ? item : []
  const [product, quantity, ...more] = parts
  const isLine =
    typeof product === 'string' &&
    typeof quantity === 'number' &&
    Number.isSafeInteger(quantity) &&
    more.length === 0
  if (!isLine) throw new BadField(`${name} must be a list of [product, quantity]`)
  return [intern(product), quantity]
}

function parseListed(item: unknown, intern: Intern): ListedCart {
  if (!isFields(item)) throw new BadField('carts must be a list of objects')
  return {
    cart: intern(textOf(item, 'cart')),
    version: optional(item, 'version', countOf),
    cart_status: optional(item, 'cart_status', (from, name) => oneOf(from, name, CART_STATUSES)),
    lines: optional(item, 'lines', (from, name) => linesOf(from, name, intern)),
  }
}

function textItem(item: unknown): string {
  if (typeof item !== 'string') throw new BadField('faults must be a list of texts')
  return item
}

function countItem(item: unknown): number {
  return countOf({ if_version: item }, 'if_version')
}
