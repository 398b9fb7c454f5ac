import type { Staleness } from '@pushcart/histories'
import { type Content, type Section, text } from '../../page/document.ts'
import { freshnessPlot } from './freshness-plot.ts'
import { type Explained, freshnessText, ofStore, sentence } from './words.ts'

/** Staleness of reads: the share of stale reads, their age, and how many versions they were behind. */
export function freshnessSection(stores: readonly Explained[], names: readonly string[]): Section {
  const parts = stores.flatMap(({ report, header }, at) =>
    report.staleness.flatMap((one) =>
      modeContents(
        one,
        `s${at}-${one.read_mode}`,
        `${ofStore(names, at, ', ')}${one.read_mode} reads`,
        freshnessText(one, header),
      ),
    ),
  )
  const about =
    'For reads after an acknowledged change of their cart: the share of reads that reflected it, by the time since that change.'
  return {
    id: 'freshness',
    title: 'Freshness of reads',
    contents: parts.length === 0 ? [] : [{ kind: 'prose', prose: [about] }, ...parts],
  }
}

function modeContents(staleness: Staleness, id: string, of: string, statement: string): Content[] {
  const { stale, age_ms: age } = staleness
  const summary: Content[] = [
    { kind: 'heading', text: of },
    { kind: 'prose', prose: [`${sentence(statement)}.`] },
  ]
  if (stale.count === 0) return summary
  const ages =
    age &&
    `Age of stale reads: median ${age.p50.toFixed(1)} ms, P95 ${age.p95.toFixed(1)} ms, maximum ${age.max.toFixed(1)} ms.`
  return [
    ...summary,
    ...(ages === null ? [] : [{ kind: 'prose' as const, prose: [ages] }]),
    {
      kind: 'plots',
      legend: false,
      plots: [{ title: `Share of fresh ${of}`, draw: () => freshnessPlot(staleness, id, of) }],
    },
    { kind: 'details', summary: 'Freshness as a table', contents: [curveTable(staleness, id, of)] },
    ...versionsTable(staleness, id, of),
  ]
}

function curveTable({ curve }: Staleness, id: string, of: string): Content {
  return {
    kind: 'table',
    table: {
      id: `freshness-${id}`,
      caption: `Share of fresh ${of} by time since the latest change`,
      columns: [
        { text: 'ms since the change' },
        { text: 'reads', numeric: true },
        { text: 'fresh', numeric: true },
        { text: '95 % CI', numeric: true },
      ],
      rows: curve.map(({ from_ms, to_ms, fresh }) => ({
        cells: [
          text(`${from_ms} to ${to_ms.toFixed(0)}`),
          text(fresh.total.toLocaleString('en-US')),
          text(percent(fresh.share)),
          text(`${percent(fresh.low)} to ${percent(fresh.high)}`),
        ],
      })),
      notes: [],
    },
  }
}

/** Further rows add nothing: nearly all reads are within these. */
const MOST_VERSIONS = 6

function versionsTable({ versions_behind: behind }: Staleness, id: string, of: string): Content[] {
  if (behind === null) return []
  const table = {
    id: `versions-${id}`,
    caption: `Versions behind, ${of}`,
    columns: [
      { text: 'versions behind' },
      { text: 'reads', numeric: true },
      { text: 'cumulative share', numeric: true },
      { text: '95 % CI', numeric: true },
    ],
    rows: behind.slice(0, MOST_VERSIONS).map(({ versions, reads, within }) => ({
      cells: [
        text(String(versions)),
        text(reads.toLocaleString('en-US')),
        text(percent(within.share)),
        text(`${percent(within.low)} to ${percent(within.high)}`),
      ],
    })),
    notes: [],
  }
  return [{ kind: 'table', table }]
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`
}
