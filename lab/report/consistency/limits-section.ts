import { escapeHtml } from '../../page/escape.ts'
import { headRow, tableHtml } from './table.ts'
import { count, type Explained, spaced } from './words.ts'

/** What the runs can say: contention, faults, and what could not be decided or was not checked. */
export function limitsSection(stores: readonly Explained[], names: readonly string[]): string {
  const parts = stores.map((one, at) => {
    const store = stores.length === 1 ? '' : ` of ${names[at]}`
    const heading = stores.length === 1 ? '' : `<h3>${escapeHtml(names[at] ?? '')}</h3>`
    return `${heading}<p>${escapeHtml(evidenceText(one.report.evidence))}</p>
${faultsTable(one, at, store)}
${gapsTable(one, at, store)}`
  })
  return `<section>
<h2>What this run can say</h2>
${parts.join('\n')}
</section>`
}

function faultsTable({ report }: Explained, at: number, store: string): string {
  const rows = Object.entries(report.evidence.faults).map(
    ([name, met]) =>
      `<tr><th scope="row">${escapeHtml(spaced(name))}</th><td class="numeric" data-column="operations">${met.toLocaleString('en-US')}</td></tr>`,
  )
  if (rows.length === 0) return ''
  const caption = `Operations${store} that each fault was at work in`
  return tableHtml(`faults-${at}`, caption, [headRow(['fault', 'operations'])], rows)
}

function gapsTable({ report }: Explained, at: number, store: string): string {
  const undecided = report.findings.filter(({ verdict }) => verdict === 'unknown')
  const gaps = [
    ...undecided.map(({ reason, ...cell }) => ({ ...cell, reason: `unknown: ${reason}` })),
    ...report.not_checked,
  ]
  if (gaps.length === 0) return ''
  const rows = gaps.map(
    ({ guarantee, read_mode: mode, reason }) =>
      `<tr><th scope="row">${spaced(guarantee)}</th><td data-column="reads">${mode}</td><td data-column="why">${escapeHtml(reason)}</td></tr>`,
  )
  const caption = `Not decided or not checked${store}`
  return tableHtml(`limits-${at}`, caption, [headRow(['guarantee', 'reads', 'why'])], rows)
}

/** Whether the run could have shown anything. */
export function evidenceText({
  proves_nothing,
  reasons,
  overlaps,
  answered,
}: Explained['report']['evidence']): string {
  if (proves_nothing) return `It proves nothing: ${reasons.join('; ')}.`
  return `${count(answered, 'operation')} were answered, and ${count(overlaps, 'pair')} of different sessions overlapped on one cart: a service that breaks under contention had its chance.`
}
