import type { StoreName } from '../cost/monthly-cost.ts'
import type { Evidence, RunEvidence, StoreEvidence } from './evidence.ts'

/** A requirement of a cart service, and whether each store was seen to meet it. */
export interface Requirement {
  readonly id: RequirementId
  readonly title: string
  /** What counts as met. */
  readonly criterion: string
  readonly stores: Readonly<Record<StoreName, RequirementResult>>
}

export type RequirementId =
  | 'hundred_shoppers'
  | 'fifty_lines'
  | 'customer_history'
  | 'success_rate'
  | 'no_lost_add'

export interface RequirementResult {
  readonly verdict: 'met' | 'not_met' | 'not_tested'
  /** The figure that decided, and its record; `null` when not tested. */
  readonly figure: { readonly value: number; readonly unit: string; readonly record: string } | null
  /** What limits the verdict, or what run would test it; `null` where nothing is to be said. */
  readonly note: string | null
}

/** Percent. */
const SUCCESS_RATE = 99.9
const CLIENTS = 100
const LINES = 50
const READ_MS = 50
const EMULATOR = 'measured on an emulator: says nothing of DynamoDB’s own speed'

type Judge = (store: StoreEvidence) => RequirementResult

const REQUIREMENTS: readonly (Omit<Requirement, 'stores'> & { readonly judge: Judge })[] = [
  {
    id: 'hundred_shoppers',
    title: '100 concurrent shoppers',
    criterion: `a run with at least ${CLIENTS} clients at once succeeds to ${SUCCESS_RATE} %`,
    judge: hundredShoppers,
  },
  {
    id: 'fifty_lines',
    title: 'A cart of up to 50 lines in under 50 ms',
    criterion: `carts of at least ${LINES} lines are read in under ${READ_MS} ms on average`,
    judge: fiftyLines,
  },
  {
    id: 'customer_history',
    title: 'A customer’s history',
    criterion: 'a customer’s carts and orders were listed, without a failure',
    judge: customerHistory,
  },
  {
    id: 'success_rate',
    title: 'Success rate',
    criterion: `every run within the capacity succeeds to ${SUCCESS_RATE} %`,
    judge: successRate,
  },
  {
    id: 'no_lost_add',
    title: 'No lost add',
    criterion: 'every acknowledged add is there afterwards, with many clients at once',
    judge: noLostAdd,
  },
]

/** The requirements sheet; always every requirement, in the same order. */
export function requirementsSheet(evidence: Evidence): Requirement[] {
  return REQUIREMENTS.map(({ judge, ...requirement }) => ({
    ...requirement,
    stores: { postgres: judge(evidence.postgres), dynamodb: judge(evidence.dynamodb) },
  }))
}

function hundredShoppers(store: StoreEvidence): RequirementResult {
  const runs = normal(store).filter(
    ({ clients, success_rate }) => (clients ?? 0) >= CLIENTS && success_rate !== null,
  )
  return worst(
    runs.map((run) => ({ value: run.success_rate ?? 0, record: run.record })),
    { unit: '%', good: (rate) => rate >= SUCCESS_RATE, low: true },
    'npx pushcart perf --closed --connections 100',
    store.emulator ? EMULATOR : null,
  )
}

function fiftyLines(store: StoreEvidence): RequirementResult {
  const reads = normal(store).flatMap(({ cart_lines, operations, record }) => {
    const average = operations.get_cart?.average ?? null
    return (cart_lines ?? 0) >= LINES && average !== null ? [{ value: average, record }] : []
  })
  return worst(
    reads,
    { unit: 'ms', good: (average) => average < READ_MS, low: false },
    'npx pushcart perf --mix read-heavy --lines-per-cart 50',
    store.emulator ? EMULATOR : null,
  )
}

function customerHistory(store: StoreEvidence): RequirementResult {
  const lists = normal(store).filter(({ operations }) => (operations.list_carts?.count ?? 0) > 0)
  return worst(
    lists.map((run) => ({ value: run.success_rate ?? 0, record: run.record })),
    { unit: '%', good: (rate) => rate >= SUCCESS_RATE, low: true },
    'a run whose mix lists a customer’s carts',
    null,
  )
}

function successRate(store: StoreEvidence): RequirementResult {
  const rates = normal(store).flatMap(({ success_rate, record }) =>
    success_rate === null ? [] : [{ value: success_rate, record }],
  )
  const good = (rate: number) => rate >= SUCCESS_RATE
  return worst(rates, { unit: '%', good, low: true }, 'npx pushcart compare', null)
}

function noLostAdd(store: StoreEvidence): RequirementResult {
  const decided = store.guarantees.filter(
    ({ guarantee, verdict }) => guarantee === 'no_lost_add' && verdict !== 'unknown',
  )
  const decisive = decided.find(({ verdict }) => verdict === 'violated') ?? decided[0]
  if (decisive === undefined) return notTested('npx pushcart consistency')
  const { verdict, operations, record } = decisive
  return {
    verdict: verdict === 'holds' ? 'met' : 'not_met',
    figure: { value: operations, unit: 'operations', record },
    note: null,
  }
}

interface Candidate {
  readonly value: number
  readonly record: string
}

interface Scale {
  readonly unit: string
  readonly good: (value: number) => boolean
  /** Whether the lowest value is the worst. */
  readonly low: boolean
}

/** The worst of all runs decides: a requirement that is met now and then is not met. */
function worst(
  candidates: readonly Candidate[],
  { unit, good, low }: Scale,
  test: string,
  note: string | null,
): RequirementResult {
  const [decisive] = candidates.toSorted((a, b) => (low ? a.value - b.value : b.value - a.value))
  if (decisive === undefined) return notTested(test)
  return {
    verdict: good(decisive.value) ? 'met' : 'not_met',
    figure: { ...decisive, unit },
    note,
  }
}

function notTested(test: string): RequirementResult {
  return { verdict: 'not_tested', figure: null, note: `to test it: ${test}` }
}

function normal({ runs }: StoreEvidence): readonly RunEvidence[] {
  return runs.filter(({ overload }) => !overload)
}
