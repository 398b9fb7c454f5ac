import { expect } from 'vitest'
import type { CombinedConsistencyRecord, CombinedRecord } from '../../src/results/records.ts'
import { recompute } from './recompute.ts'
import { loadTextOf } from './recompute-load.ts'

export interface WrittenReport {
  readonly combined: readonly CombinedRecord[]
  readonly consistency: readonly CombinedConsistencyRecord[]
  /** Keys in the order of `environment.json`. */
  readonly databases: readonly string[]
  readonly html: string
  readonly markdown: string
  /** Figures of a load and of the search for the highest rate, see `recomputeLoad`. */
  readonly more?: ReadonlyMap<string, number | null>
}

/**
 * Recomputes every figure from the records and compares all of the report with them: each figure of the
 * HTML by name, unrounded and as shown, and each row of the Markdown's tables by its text.
 */
export function checkFigures(report: WrittenReport): void {
  const expected = new Map([
    ...recompute(report.combined, report.consistency, report.databases),
    ...(report.more ?? []),
  ])
  const shown = figuresOf(report.html)
  expect(shown.length).toBeGreaterThan(100)
  checkIntervals(shown)
  checkTallies(shown, report.html)
  for (const { id, value, text } of shown) {
    if (INTERVAL.test(id) || TALLY.test(id)) continue
    expect(expected.has(id), `${id} is a figure that can be recomputed`).toBe(true)
    const number = expected.get(id) ?? null
    if (number === null) expect({ id, value }).toEqual({ id, value: '' })
    else expect(Number(value), id).toBeCloseTo(number, 9)
    const known =
      /^(noise|load|load_turned|quick|quick_turned|slot|capacity|resources|growth|modelled|simulated)\./.test(
        id,
      )
    const words = known ? loadTextOf(id, number) : textOf(id, number)
    expect({ id, text }).toEqual({ id, text: words })
  }
  const ids = new Set(shown.map(({ id }) => id))
  for (const id of expected.keys())
    if (/^overall\.(average|p50|p95|p99|success_rate|count)\./.test(id))
      expect(ids.has(id), `${id} is in the report`).toBe(true)
  checkMarkdown(report, expected)
}

/** Confidence limits and drift, which are checked by the tests of the statistics. */
const INTERVAL = /^(load|quick)(_turned)?\..*\.(low|high|drift|drift_p)\./

/** An interval contains its ratio, and its text is correct. */
function checkIntervals(shown: readonly { id: string; value: string; text: string }[]): void {
  const values = new Map(shown.map(({ id, value }) => [id, value]))
  for (const { id, value, text } of shown.filter((one) => INTERVAL.test(one.id))) {
    expect({ id, text }).toEqual({ id, text: loadTextOf(id, Number(value)) })
    if (!id.includes('.low.')) continue
    const ratio = Number(values.get(id.replace('.low.', '.ratio.')))
    expect(Number(value), id).toBeLessThanOrEqual(ratio)
    expect(Number(values.get(id.replace('.low.', '.high.'))), id).toBeGreaterThanOrEqual(ratio)
  }
}

const TALLY = /^load\.tally\./

/** The number of figures by verdict equals the rows of the table with that verdict. */
function checkTallies(shown: readonly { id: string; value: string }[], html: string): void {
  for (const [, pair = '', body = ''] of html.matchAll(TABLE_OF_RATIOS)) {
    const rows = [...body.matchAll(VERDICT)].map(([, words]) => words)
    const counts = [...new Set(rows)].map((words) => rows.filter((one) => one === words).length)
    const tallies = shown.filter(
      ({ id }) => TALLY.test(id) && id.endsWith(`.${pair.replace('-', ':')}`),
    )
    expect(tallies.map(({ value }) => Number(value)).sort()).toEqual(
      [rows.length, ...counts].sort(),
    )
  }
}

const TABLE_OF_RATIOS = /<table id="ratios-([^"]+)">(.*?)<\/table>/gs
const VERDICT = /data-column="Verdict"><span>(?:<span[^>]*>)?([^<]*)</g

/** The Markdown tables have the same figures in column order. */
function checkMarkdown({ markdown, databases }: WrittenReport, expected: Figures): void {
  const [first, ...others] = databases
  const named = [
    ['Average', 'average'],
    ['P50', 'p50'],
    ['P95', 'p95'],
    ['P99', 'p99'],
    ['Success rate', 'success_rate'],
  ] as const
  for (const other of others) {
    const ids = (group: string, name: string) => [
      `${group}.${name}.${first}`,
      `${group}.${name}.${other}`,
    ]
    for (const [title, name] of named) {
      const [a, b] = ids('overall', name).map((id) => textOf(id, expected.get(id) ?? null))
      const id = `overall.${name}.margin.${first}:${other}`
      const margin = textOf(id, expected.get(id) ?? null)
      const row = new RegExp(`^\\| ${title} \\| ${a} \\| ${b} \\| [^|]+ \\| ${margin} \\|$`, 'm')
      expect(markdown).toMatch(row)
    }
    for (const group of ['create_cart', 'add_items', 'get_cart'])
      for (const [title, name] of named.slice(0, 3)) {
        const [a, b] = ids(group, name).map((id) => textOf(id, expected.get(id) ?? null))
        expect(markdown).toContain(`| ${title} | ${a} | ${b} |`)
      }
  }
  const lost = databases.map((key) => String(expected.get(`concurrent_updates.lost.${key}`)))
  expect(markdown).toContain(`| Units lost | ${lost.join(' | ')} |`)
}

type Figures = ReadonlyMap<string, number | null>

function figuresOf(html: string): { id: string; value: string; text: string }[] {
  const pattern = /data-figure="([^"]+)" data-value="([^"]*)">([^<]*)</g
  return [...html.matchAll(pattern)].map(([, id = '', value = '', text = '']) => ({
    id,
    value,
    text: text.replaceAll('&gt;', '>').replaceAll('&lt;', '<'),
  }))
}

/** The expected text of a figure; its name determines the unit. */
function textOf(id: string, exact: number | null): string {
  if (exact === null) return 'n/a'
  // Rounding must not depend on the order of the sum.
  const value = Number(exact.toPrecision(12))
  if (id.includes('success_rate.margin')) return `${Math.round(value * 10) / 10} points`
  if (id.includes('.margin.') || /(^|\.)(success_)?rate\./.test(id)) return shareText(value)
  return /\.(average|min|max|p\d+)\./.test(id) ? `${value.toFixed(2)} ms` : String(value)
}

/** Rounding never turns a share into 0 % or 100 %. */
function shareText(percent: number): string {
  if (percent === 0 || percent === 100) return `${percent} %`
  const text = percent.toFixed(1)
  return text === '0.0' ? 'under 0.1 %' : text === '100.0' ? 'over 99.9 %' : `${text} %`
}
