import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { columns, muted, type Section, text } from '../packages/lab/src/page/document.ts'
import { escapeMarkdown } from '../packages/lab/src/page/markdown.ts'
import { page } from '../packages/lab/src/page/page.ts'
import { headlineSection, sectionHtml } from '../packages/lab/src/page/sections.ts'
import type { Machine } from '../packages/lab/src/results/environment.ts'
import { median } from '../packages/lab/src/stats/median.ts'
import { textTable } from '../packages/lab/src/terminal/text-table.ts'
import { type Found, outcomeOf } from './found.ts'
import { memoryPlot } from './memory-plot.ts'

/** The result file of a campaign. */
export interface CampaignResult {
  readonly format: 'pushcart-campaign'
  readonly started_at: string
  /** The seed of the run, or the first one of several runs. */
  readonly seed: number
  /** How many runs were added up. */
  readonly runs: number
  readonly minutes: number
  /** Of PostgreSQL; the default of the service if missing. */
  readonly layout?: 'rows' | 'document'
  readonly machine: Machine
  readonly found: readonly Found[]
}

const HEADINGS = [
  'fault',
  'store',
  'times',
  'acknowledged',
  'carts compared',
  'units compared',
  'lost',
  'doubled',
  'wrong reads',
  '5xx by code',
  'recovery',
  'memory',
  'descriptors',
  'outcome',
] as const

/** One row for each part, and below it one for each criterion. */
export function rowsOf(found: readonly Found[]): string[][] {
  return found.map((one) => [
    one.name,
    one.store,
    count(one.times),
    count(one.acknowledged),
    count(one.carts),
    count(one.units),
    count(one.lost),
    count(one.doubled),
    count(one.wrong),
    Object.entries(one.failures)
      .map(([code, times]) => `${code} ${times}`)
      .join(', ') || '-',
    recoveryOf(one),
    one.memory_bytes === null ? '-' : `${Math.round(one.memory_bytes / 2 ** 20)} MB`,
    count(one.descriptors),
    one.skipped ?? outcomeOf(one),
  ])
}

function recoveryOf({ recoveries_ms: all }: Found): string {
  return all.length === 0 ? '-' : `${Math.round(median(all) ?? 0)} (${Math.max(...all)}) ms`
}

const count = (value: number | null) => (value === null ? '-' : value.toLocaleString('en-US'))

export function terminalLines(found: readonly Found[]): string[] {
  const checks = found.flatMap(({ name, store, checks }) =>
    checks.map(
      ({ criterion, measured, passed }) =>
        `${wordOf(passed).toUpperCase()} ${name} ${store}: ${criterion} (${measured})`,
    ),
  )
  return [...textTable([[...HEADINGS], ...rowsOf(found)]), ...checks]
}

/** Writes `campaign.json` and `campaign.html`; returns the URL of the page. */
export async function writeReport(folder: string, result: CampaignResult): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'campaign.json'), `${JSON.stringify(result, null, 2)}\n`)
  const file = join(folder, 'campaign.html')
  await writeFile(file, htmlOf(result))
  return pathToFileURL(file).href
}

function htmlOf({ found, started_at, seed, runs, minutes, machine }: CampaignResult): string {
  const failed = found.filter((one) => outcomeOf(one) === 'failed').map(({ name }) => name)
  const headline =
    failed.length === 0
      ? 'No acknowledged change was lost or doubled, and every criterion that could be decided was met.'
      : `Failed: ${[...new Set(failed)].join(', ')}.`
  const table: Section = {
    id: 'faults',
    title: 'What was injected, and what was found',
    contents: [
      {
        kind: 'table',
        table: {
          id: 'found',
          caption:
            'Recovery: median (maximum) from the end of the fault to the next successful read',
          columns: columns(...HEADINGS),
          rows: rowsOf(found).map((row) => ({
            cells: row.map((cell) => (cell === '-' ? muted(cell) : text(cell))),
          })),
        },
      },
    ],
  }
  const criteria: Section = {
    id: 'criteria',
    title: 'Criteria',
    contents: [
      {
        kind: 'table',
        table: {
          id: 'checks',
          caption: 'Criteria of each part',
          columns: columns('fault', 'store', 'criterion', 'measured', 'outcome'),
          rows: found.flatMap(({ name, store, checks }) =>
            checks.map(({ criterion, measured, passed }) => ({
              cells: [name, store, criterion, measured, wordOf(passed)].map((cell) => text(cell)),
            })),
          ),
        },
      },
    ],
  }
  return page({
    title: 'Campaign of faults',
    subtitles: [
      `${started_at}, seed ${seed}, ${runs === 1 ? '' : `${runs} runs, `}${minutes} minutes for each part`,
      `${machine.system}, ${machine.cpu}, ${machine.cores} cores, ${machine.memory_gib} GiB`,
    ],
    kicker: 'pushcart campaign',
    style: '',
    main: [
      headlineSection('Verdict', [[headline]]),
      sectionHtml(table, []),
      sectionHtml(criteria, []),
      ...memorySections(found).map((section) => sectionHtml(section, [])),
    ],
    footer: 'Every figure is in campaign.json.',
  })
}

/** A plot for each part that measured memory over time; no section without one. */
function memorySections(found: readonly Found[]): Section[] {
  const plots = found.flatMap((one) => {
    const { store, memory_over_time: samples = [] } = one
    return samples.length < 2 ? [] : { title: store, draw: () => memoryPlot(one, samples) }
  })
  if (plots.length === 0) return []
  const title = 'Memory of the service over time'
  return [{ id: 'memory', title, contents: [{ kind: 'plots', plots, legend: false }] }]
}

function wordOf(passed: boolean | null): string {
  if (passed === null) return 'inconclusive'
  return passed ? 'passed' : 'failed'
}

/** The table in Markdown, for docs/reliability.md. */
export function markdownTable(found: readonly Found[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`
  return [
    line(HEADINGS),
    `|${HEADINGS.map(() => '---|').join('')}`,
    ...rowsOf(found).map(line),
  ].join('\n')
}
