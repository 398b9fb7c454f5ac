import { perStore, type StoreName } from '../terms/stores.ts'
import type { Evidence, RunEvidence, StoreEvidence } from './evidence.ts'

/** A requirement of a cart service, and whether each store met it. */
export interface Requirement {
  readonly id: RequirementId
  readonly stores: Readonly<Record<StoreName, RequirementResult>>
}

/** In the order of the requirements sheet. */
export const REQUIREMENT_IDS = [
  'hundred_shoppers',
  'fifty_lines',
  'customer_history',
  'success_rate',
  'no_lost_add',
] as const

export type RequirementId = (typeof REQUIREMENT_IDS)[number]

export interface RequirementResult {
  readonly verdict: 'met' | 'not_met' | 'not_tested'
  /** The figure that decided, and its record; `null` when not tested. */
  readonly figure: RequirementFigure | null
  /** Whether the figure is a speed measured on an emulator, which is not DynamoDB's. */
  readonly emulator_speed: boolean
}

export interface RequirementFigure {
  readonly value: number
  readonly unit: '%' | 'ms' | 'operations'
  readonly record: string
}

export const CRITERIA = {
  /** Minimum percentage of successful operations. */
  success_rate: 99.9,
  /** Minimum number of concurrent clients. */
  clients: 100,
  /** Minimum number of lines of a large cart. */
  lines: 50,
  /** A large cart must be read in less than this average, milliseconds. */
  read_ms: 50,
} as const

const JUDGES: Readonly<Record<RequirementId, (store: StoreEvidence) => RequirementResult>> = {
  hundred_shoppers: (store) => {
    const runs = withinCapacity(store).filter(({ clients }) => (clients ?? 0) >= CRITERIA.clients)
    return { ...lowestSuccess(runs), emulator_speed: store.emulator }
  },
  fifty_lines: fiftyLines,
  customer_history: (store) =>
    lowestSuccess(
      withinCapacity(store).filter(({ operations }) => (operations.list_carts?.count ?? 0) > 0),
    ),
  success_rate: (store) => lowestSuccess(withinCapacity(store)),
  no_lost_add: noLostAdd,
}

/** All requirements, in the order of `REQUIREMENT_IDS`. */
export function requirementsSheet(evidence: Evidence): Requirement[] {
  return REQUIREMENT_IDS.map((id) => ({
    id,
    stores: perStore((store) => requirement(id, evidence[store])),
  }))
}

/** Whether one store meets a requirement. */
export function requirement(id: RequirementId, store: StoreEvidence): RequirementResult {
  const result = JUDGES[id](store)
  return result.figure === null ? NOT_TESTED : result
}

const NOT_TESTED: RequirementResult = {
  verdict: 'not_tested',
  figure: null,
  emulator_speed: false,
}

function fiftyLines(store: StoreEvidence): RequirementResult {
  const [slowest] = withinCapacity(store)
    .flatMap(({ cart_lines, operations, record }) => {
      const value = operations.get_cart?.average ?? null
      return (cart_lines ?? 0) >= CRITERIA.lines && value !== null ? [{ value, record }] : []
    })
    .sort((a, b) => b.value - a.value)
  if (slowest === undefined) return NOT_TESTED
  return {
    verdict: slowest.value < CRITERIA.read_ms ? 'met' : 'not_met',
    figure: { ...slowest, unit: 'ms' },
    emulator_speed: store.emulator,
  }
}

function noLostAdd({ guarantees }: StoreEvidence): RequirementResult {
  const known = guarantees.filter(
    ({ guarantee, verdict }) => guarantee === 'no_lost_add' && verdict !== 'unknown',
  )
  const decisive = known.find(({ verdict }) => verdict === 'violated') ?? known[0]
  if (decisive === undefined) return NOT_TESTED
  const { verdict, operations, record } = decisive
  return {
    verdict: verdict === 'holds' ? 'met' : 'not_met',
    figure: { value: operations, unit: 'operations', record },
    emulator_speed: false,
  }
}

/** The run with the lowest success rate decides: every run must succeed. */
function lowestSuccess(runs: readonly RunEvidence[]): RequirementResult {
  const [lowest] = runs
    .flatMap(({ success_rate, record }) =>
      success_rate === null ? [] : [{ value: success_rate, record }],
    )
    .sort((a, b) => a.value - b.value)
  if (lowest === undefined) return NOT_TESTED
  return {
    verdict: lowest.value >= CRITERIA.success_rate ? 'met' : 'not_met',
    figure: { ...lowest, unit: '%' },
    emulator_speed: false,
  }
}

function withinCapacity({ runs }: StoreEvidence): readonly RunEvidence[] {
  return runs.filter(({ overload }) => !overload)
}
