import { type Cell, columns, type Row, type Table, text } from '../../page/document.ts'
import type { LoadResult } from '../../results/load-result.ts'
import { isUnsteady } from '../../results/steadiness.ts'
import { count, milliseconds, ratio } from '../format.ts'
import { recordCell } from '../sources.ts'
import type { LoadFindings } from './findings.ts'

/** Anchor of the runs of a block. */
export function anchorOf(block: number): string {
  return `block-${block + 1}`
}

/** A row for each run, with its record. */
export function slotTable({ load, sides, valid }: LoadFindings): Table {
  const placeOf = new Map(sides.map(({ side, place }) => [side.key, { label: side.label, place }]))
  let last = -1
  return {
    id: 'slots',
    caption: 'All operations, by run in chronological order',
    columns: columns(
      'Target',
      '#P50',
      '#P99',
      '#Achieved per second',
      '#Failed',
      'Valid',
      'Record',
    ),
    rows: load.slots.map(({ block, side, result }, index): Row => {
      const { label = side, place } = placeOf.get(side) ?? {}
      const first = block !== last
      last = block
      const cells: Cell[] = [
        text(label, place),
        milliseconds(`slot.p50.${index}`, result.overall.response_time.p50),
        milliseconds(`slot.p99.${index}`, result.overall.response_time.p99),
        ratio(`slot.achieved.${index}`, result.achieved_rate),
        count(`slot.failed.${index}`, result.overall.failed),
        text(validity(result, valid.includes(block))),
        recordCell(`/load/slots/${index}`),
      ]
      const group = `Block ${block + 1}, seed ${result.spec.seed}`
      return { ...(first && { group, id: anchorOf(block) }), cells }
    }),
  }
}

function validity(result: LoadResult, counted: boolean): string {
  const { partial, invalid_because } = result
  if (partial) return 'ended early'
  if (invalid_because.length > 0) return invalid_because.join('; ')
  const words = counted ? 'yes' : 'yes, in an invalid block'
  return isUnsteady(result) ? `${words}; not in a steady state at first` : words
}
