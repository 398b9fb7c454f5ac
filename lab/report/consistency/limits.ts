import { type Content, type Section, text } from '../../page/document.ts'
import { count, type Explained, ofStore, spaced } from './words.ts'

/** The validity of the runs: concurrency, faults, and guarantees that were undecided or not checked. */
export function limitsSection(stores: readonly Explained[], names: readonly string[]): Section {
  return {
    id: 'validity',
    title: 'Validity of this run',
    contents: stores.flatMap((one, at): Content[] => {
      const store = ofStore(names, at, '')
      return [
        ...(store === '' ? [] : [{ kind: 'heading' as const, text: store }]),
        { kind: 'prose', prose: [coverageText(one.report.coverage)] },
        ...faultsTable(one, at),
        ...gapsTable(one, at),
      ]
    }),
  }
}

function faultsTable({ report }: Explained, at: number): Content[] {
  const rows = Object.entries(report.coverage.faults).map(([name, met]) => ({
    cells: [text(spaced(name)), text(met.toLocaleString('en-US'))],
  }))
  if (rows.length === 0) return []
  const columns = [{ text: 'fault' }, { text: 'operations', numeric: true }]
  const caption = 'Operations affected by each injected fault'
  return [{ kind: 'table', table: { id: `faults-${at}`, caption, columns, rows, notes: [] } }]
}

function gapsTable({ report }: Explained, at: number): Content[] {
  const gaps = [
    ...report.findings
      .filter(({ verdict }) => verdict === 'unknown')
      .map(({ reason, ...cell }) => ({ ...cell, reason: `undecided: ${reason}` })),
    ...report.not_checked.map(({ reason, ...cell }) => ({
      ...cell,
      reason: `not checked: ${reason}`,
    })),
  ]
  if (gaps.length === 0) return []
  const rows = gaps.map(({ guarantee, read_mode, reason }) => ({
    cells: [text(spaced(guarantee)), text(read_mode), text(reason)],
  }))
  const columns = [{ text: 'guarantee' }, { text: 'reads' }, { text: 'reason' }]
  const caption = 'Undecided or not checked'
  return [{ kind: 'table', table: { id: `limits-${at}`, caption, columns, rows, notes: [] } }]
}

/** Whether the run could have revealed a violation. */
function coverageText({
  proves_nothing,
  reasons,
  overlaps,
  answered,
}: Explained['report']['coverage']): string {
  if (proves_nothing) return `Inconclusive: ${reasons.join('; ')}.`
  return `${count(answered, 'operation')} completed, with ${count(overlaps, 'pair')} of concurrent operations of different sessions on the same cart: enough to reveal a service that fails under contention.`
}
