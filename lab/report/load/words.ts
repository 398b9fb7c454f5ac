import type { LoadSpec } from '../../load/load-spec.ts'

/** How the operations of a load are called: as a heading, and in a sentence. */
const OPERATIONS: Readonly<Record<string, { readonly title: string; readonly plural: string }>> = {
  create_cart: { title: 'Create a cart', plural: 'creations' },
  add_items: { title: 'Add items', plural: 'adds' },
  get_cart: { title: 'Get a cart', plural: 'gets' },
  checkout: { title: 'Check out', plural: 'checkouts' },
  overall: { title: 'All operations', plural: 'requests' },
}

export interface MetricWords {
  /** `get_cart` of `get_cart.p99`. */
  readonly operation: string
  /** `Get a cart`. */
  readonly title: string
  /** `gets`. */
  readonly plural: string
  /** `P99`. */
  readonly statistic: string
  /** `at the median`, `at P99`. */
  readonly at: string
}

/** The words for a metric such as `get_cart.p99`. */
export function metricWords(name: string): MetricWords {
  const [operation = name, statistic = ''] = name.split('.')
  const { title, plural } = operationWords(operation)
  if (statistic === 'ms_per_operation')
    return { operation, title, plural, statistic: 'Time per operation', at: 'in the mean' }
  const short = statistic.toUpperCase()
  return {
    operation,
    title,
    plural,
    statistic: short,
    at: statistic === 'p50' ? 'at the median' : `at ${short}`,
  }
}

export function operationWords(operation: string): {
  readonly title: string
  readonly plural: string
} {
  return OPERATIONS[operation] ?? { title: operation, plural: operation }
}

/** `at 200/s`, or how many clients the closed loop had. */
export function loadWords({ rate, connections }: Pick<LoadSpec, 'rate' | 'connections'>): string {
  if (rate !== null) return `at ${rate.toLocaleString('en-US')}/s`
  return connections === 1 ? 'with one client' : `with ${connections} clients at once`
}

/** `1 block`, `3 blocks`. */
export function plural(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`
}
