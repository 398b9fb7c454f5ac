import type { LoadSpec } from '../../load/load-spec.ts'

/** How an operation is called. */
export interface OperationWords {
  /** As a heading: `Get a cart`. */
  readonly title: string
  /** In a sentence: `reads of a cart`. */
  readonly plural: string
  /** Where there is little room: `Get`. */
  readonly short: string
}

const OPERATIONS: Readonly<Record<string, OperationWords>> = {
  create_cart: { title: 'Create a cart', plural: 'new carts', short: 'Create' },
  add_items: { title: 'Add items', plural: 'adds to a cart', short: 'Add' },
  get_cart: { title: 'Get a cart', plural: 'reads of a cart', short: 'Get' },
  checkout: { title: 'Check out', plural: 'checkouts', short: 'Check out' },
  overall: { title: 'All operations', plural: 'requests of all kinds', short: 'All' },
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
    return { ...words, operation, statistic: 'Time per operation', at: 'in the mean' }
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

/** `at 200 requests a second`, or how many clients the closed loop had. */
export function loadWords({ rate, connections }: Pick<LoadSpec, 'rate' | 'connections'>): string {
  if (rate !== null) return `at ${rate.toLocaleString('en-US')} requests a second`
  return connections === 1 ? 'with one client' : `with ${connections} clients at once`
}

/** `1 block`, `3 blocks`. */
export function plural(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`
}
