import type { LoadResult } from '../../load/load-result.ts'
import type { LoadFindings, LoadSide } from './findings.ts'

/** A metric such as `get_cart.p50` of one target in one block, milliseconds; `null` if not measured. */
export function timeIn(
  { load }: LoadFindings,
  { side }: LoadSide,
  block: number,
  name: string,
): number | null {
  const slot = load.slots.find((one) => one.block === block && one.side === side.key)
  return slot === undefined ? null : slotTime(slot.result, name)
}

function slotTime(result: LoadResult, name: string): number | null {
  const [group, statistic] = name.split('.')
  const times =
    group === 'overall'
      ? result.overall.response_time
      : result.operations.find(({ operation }) => operation === group)?.response_time
  if (statistic !== 'p50' && statistic !== 'p95' && statistic !== 'p99') return null
  return times?.[statistic] ?? null
}
