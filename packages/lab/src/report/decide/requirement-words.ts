import { CRITERIA, type RequirementId } from '../../model/decide/requirements.ts'

export interface RequirementWords {
  readonly title: string
  /** What counts as met. */
  readonly criterion: string
  /** The command that tests it. */
  readonly test: string
}

const { success_rate, clients, lines, read_ms } = CRITERIA

export const REQUIREMENTS: Readonly<Record<RequirementId, RequirementWords>> = {
  hundred_shoppers: {
    title: `${clients} concurrent shoppers`,
    criterion: `at least ${success_rate} % of the operations succeed with ${clients} or more concurrent clients`,
    test: `npx pushcart perf --host URL --closed --connections ${clients}`,
  },
  fifty_lines: {
    title: `A cart of ${lines} lines in less than ${read_ms} ms`,
    criterion: `reads of carts of at least ${lines} lines take less than ${read_ms} ms on average`,
    test: `npx pushcart perf --host URL --mix read-heavy --lines-per-cart ${lines}`,
  },
  customer_history: {
    title: "A customer's history",
    criterion: `at least ${success_rate} % of the lists of a customer's carts and orders succeed`,
    test: 'npx pushcart compare --requirements',
  },
  success_rate: {
    title: 'Success rate',
    criterion: `at least ${success_rate} % of the operations succeed in every run within the capacity`,
    test: 'npx pushcart compare',
  },
  no_lost_add: {
    title: 'No lost add',
    criterion: 'every acknowledged add is in the cart afterwards, with many concurrent clients',
    test: 'npx pushcart consistency',
  },
}
