import type { LoadSpec } from '../../load/load-spec.ts'

/** Names of an operation. */
export interface OperationWords {
  /** As a heading: `Get a cart`. */
  readonly title: string
  /** In a sentence: `cart reads`. */
  readonly plural: string
  /** Where there is little room: `Get`. */
  readonly short: string
}

const OPERATIONS: Readonly<Record<string, OperationWords>> = {
  create_cart: { title: 'Create a cart', plural: 'cart creations', short: 'Create' },
  add_items: { title: 'Add items', plural: 'adds', short: 'Add' },
  get_cart: { title: 'Get a cart', plural: 'cart reads', short: 'Get' },
  checkout: { title: 'Check out', plural: 'checkouts', short: 'Check out' },
  overall: { title: 'All operations', plural: 'all requests', short: 'All' },
}

export interface MetricWords extends OperationWords {
  /** `get_cart` of `get_cart.p99`. */
  readonly operation: string
  /** `P99`. */
  readonly statistic: string
  /** `at the median`, `at P99`. */
  readonly at: string
}

/** The words for a metric such as `get_cart.p99`. */
export function metricWords(name: string): MetricWords {
  const [operation = name, statistic = ''] = name.split('.')
  const words = operationWords(operation)
  if (statistic === 'ms_per_operation')
    return { ...words, operation, statistic: 'Time per operation', at: 'on average' }
  const percentile = statistic.toUpperCase()
  return {
    ...words,
    operation,
    statistic: percentile,
    at: statistic === 'p50' ? 'at the median' : `at ${percentile}`,
  }
}

export function operationWords(operation: string): OperationWords {
  return OPERATIONS[operation] ?? { title: operation, plural: operation, short: operation }
}

type Load = Pick<LoadSpec, 'rate' | 'connections'>

/** `at 200 requests per second`, or the number of clients of the closed loop. */
export function loadWords(spec: Load): string {
  return `${spec.rate === null ? 'with' : 'at'} ${loadSize(spec)}`
}

/** `200 requests per second`, `32 concurrent clients`. */
export function loadSize({ rate, connections }: Load): string {
  if (rate !== null) return `${rate.toLocaleString('en-US')} requests per second`
  return connections === 1 ? 'one client' : `${connections} concurrent clients`
}

/** `1 block`, `3 blocks`. */
export function plural(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`
}
