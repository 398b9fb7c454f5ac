import { kindsOf, totalRate } from '../cost/inputs.ts'
import { STORE_NAMES } from '../cost/monthly-cost.ts'
import type { Context } from './context.ts'
import { recordsOf } from './evidence.ts'
import type { Standing } from './standing.ts'
import { amount, list, milliseconds, money } from './words.ts'

/** What a recommendation rests on. */
export interface Reason {
  readonly basis: 'measured' | 'modelled' | 'simulated' | 'assumed'
  readonly text: string
  readonly records: readonly string[]
}

export function reasons(context: Context): Reason[] {
  return [context.postgres, context.dynamodb].flatMap((standing) => [
    ...standing.faults.map(({ basis, text, records }) => ({
      basis,
      text: `${STORE_NAMES[standing.store]}: ${text}`,
      records,
    })),
    ...costReason(standing, context),
    ...simulationReason(standing),
    ...standing.assumed.map((text) => ({
      basis: 'assumed' as const,
      text: `${STORE_NAMES[standing.store]}: ${text}.`,
      records: [],
    })),
  ])
}

function costReason({ store, cost }: Standing, { evidence, inputs, prices }: Context): Reason[] {
  if (cost.total === null) return []
  const largest = cost.billed
    .toSorted((a, b) => b.value - a.value)
    .slice(0, 2)
    .map(({ title, value }) => `${title} ${money(value, prices.currency)}`)
  return [
    {
      basis: 'modelled',
      text: `${STORE_NAMES[store]} costs ${money(cost.total, prices.currency)} a month at ${amount(totalRate(inputs.traffic))} operations a second on average; most of it: ${list(largest)} (prices ${prices.label}, ${prices.collected}).`,
      records: recordsOf(evidence[store], kindsOf(inputs.traffic)),
    },
  ]
}

function simulationReason({ store, simulated }: Standing): Reason[] {
  if (simulated === null || simulated.latency === null) return []
  const peak = Math.max(...simulated.seconds.map(({ offered }) => offered))
  return [
    {
      basis: 'simulated',
      text: `${STORE_NAMES[store]}, up to ${amount(peak)} operations a second in a region: p99 ${milliseconds(simulated.latency.p99)} (simulated).`,
      records: [],
    },
  ]
}
