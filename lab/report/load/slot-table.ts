import { isUnsteady } from '../../blocks/steadiness.ts'
import type { LoadResult } from '../../load/load-result.ts'
import { milliseconds, ratio } from '../format.ts'
import { type Cell, type Row, type Table, text } from '../model.ts'
import { recordCell } from '../sources.ts'
import type { LoadFindings } from './findings.ts'

/** Where the runs of a block stand on the page. */
export function anchorOf(block: number): string {
  return `block-${block + 1}`
}

/** A row for every run, with its record. */
export function slotTable({ load, sides, valid }: LoadFindings): Table {
  const placeOf = new Map(sides.map(({ side, place }) => [side.key, { label: side.label, place }]))
  let last = -1
  return {
    id: 'slots',
    caption: 'All operations together, run by run in the order in which they ran',
    columns: [
      { text: 'Side' },
      { text: 'P50', numeric: true },
      { text: 'P99', numeric: true },
      { text: 'Answered a second', numeric: true },
      { text: 'Failed', numeric: true },
      { text: 'Valid' },
      { text: 'Record' },
    ],
    rows: load.slots.map(({ block, side, result }, index): Row => {
      const { label = side, place } = placeOf.get(side) ?? {}
      const first = block !== last
      last = block
      const failed = result.overall.failed
      const cells: Cell[] = [
        text(label, place),
        milliseconds(`slot.p50.${index}`, result.overall.response_time.p50),
        milliseconds(`slot.p99.${index}`, result.overall.response_time.p99),
        ratio(`slot.achieved.${index}`, result.achieved_rate),
        {
          kind: 'figure',
          id: `slot.failed.${index}`,
          value: failed,
          text: String(failed),
        },
        text(validity(result, valid.includes(block))),
        recordCell(`/load/slots/${index}`),
      ]
      const group = `Block ${block + 1}, seed ${result.spec.seed}`
      return { ...(first && { group, id: anchorOf(block) }), cells }
    }),
    notes: [],
  }
}

function validity(result: LoadResult, counted: boolean): string {
  const { partial, invalid_because } = result
  if (partial) return 'cut off'
  if (invalid_because.length > 0) return invalid_because.join('; ')
  const words = counted ? 'yes' : 'yes, but its block is not'
  return isUnsteady(result) ? `${words}; not steady before` : words
}
