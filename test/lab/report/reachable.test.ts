import { expect, test } from 'vitest'
import { buildReport } from '../../../lab/report/build-report.ts'
import { renderHtml } from '../../../lab/report/render-html.ts'
import type { ComparisonParts } from '../../../lab/results/comparison-file.ts'
import { type MadeUpComparison, madeUpComparison } from '../../support/comparison.ts'
import { EVENTUAL, POSTGRES, STRONG } from './fixtures.ts'
import { type Said, walkWords } from './walk-words.ts'

const WATCHED = { service_cpu_s: 0.31, service_memory_bytes: 91_000_000, connections: 10 }

/** Runs with the same settings; every figure of the results scales with `factor`. */
function run(factor: number, options: MadeUpComparison = {}): ComparisonParts {
  const watched = (more: object) =>
    Object.fromEntries(
      Object.entries({ ...WATCHED, ...more }).map(([name, value]) => [name, value * factor]),
    )
  return madeUpComparison(
    [
      { side: POSTGRES, ms: 1.2 * factor, watched: watched({ database_cpu_s: 0.4 }) },
      { side: STRONG, ms: 1.7 * factor, watched: watched({ read_units: 310 }) },
      { side: EVENTUAL, ms: 1.7 * factor },
    ],
    {
      probed: factor,
      capacity: capacity(factor),
      busy: 70 * factor,
      unsteady: Math.round(2 * factor),
      blocks: 11,
      wanted: 10,
      ...options,
    },
  )
}

function capacity(factor: number): ComparisonParts['capacity'] {
  return {
    objective: 'p99=50ms',
    sides: ['postgres', 'dynamodb-strong'].map((side, place) => ({
      side,
      points: [100, 200].map((rate) => ({
        rate: rate * factor,
        achieved: rate * factor * 0.98,
        p50: factor + place,
        p99: 9 * factor + place,
        error_rate: 0,
        meets: true,
      })),
      highest: 200 * factor,
      limited_by: 'objective' as const,
    })),
  }
}

/** Each test builds several reports, and each report runs the simulation. */
const TIMEOUT_MS = 120_000

const NUMBER = /(?<![\w.])\d/

/** Texts with numbers that another report with the same settings does not have: the measured ones. */
function measuredWords(one: ComparisonParts, other: ComparisonParts): Said[] {
  const common = new Set(walkWords(buildReport(other)).map(({ words }) => words))
  return walkWords(buildReport(one)).filter(({ words }) => NUMBER.test(words) && !common.has(words))
}

test.each<[string, MadeUpComparison]>([
  ['a load with everything measured', { rates: [50, 400] }],
  ['invalid and disturbed blocks', { invalid: [4], disturbed: { 7: 2.6 }, drift: 0.4 }],
  ['too few valid blocks', { invalid: [0, 1, 2, 3, 4] }],
])(
  'every measured number has a link to its record: %s',
  (_, options) => {
    const found = measuredWords(run(1, options), run(1.37, options))
    expect(found.length).toBeGreaterThan(3)
    expect(found.filter(({ targets }) => targets.length === 0)).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'every link points to an anchor of the page or to a record of the file',
  () => {
    const whole = run(1, { invalid: [0, 1, 2, 3, 4] })
    for (const parts of [whole, { ...whole, load: null }]) {
      const html = renderHtml(buildReport(parts))
      const links = new Set([...html.matchAll(/ href="([^"]+)"/g)].map(([, href = '']) => href))
      expect(links.size).toBeGreaterThan(20)
      for (const link of links) {
        const [file, pointer = ''] = link.split('#')
        if (file === '') expect(html.split(` id="${pointer}"`).length - 1, link).toBe(1)
        else {
          expect(file, link).toBe('results.json')
          expect(recordAt(parts, pointer), link).not.toBeUndefined()
        }
      }
    }
  },
  TIMEOUT_MS,
)

/** The value at a JSON pointer (RFC 6901); `undefined` if there is none. */
function recordAt(parts: ComparisonParts, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((value: unknown, name) => Object(value)[name], parts)
}
