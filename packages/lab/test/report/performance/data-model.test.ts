import { describe, expect, it } from 'vitest'
import { loadResult } from '../../../../../test/support/load-result.ts'
import { buildReport } from '../../../src/report/build-report.ts'
import { proseText } from '../../../src/report/model.ts'
import { engineOrModel, findDataModel } from '../../../src/report/performance/data-model.ts'
import { dataModelSection } from '../../../src/report/performance/data-model-section.ts'
import { findLoad } from '../../../src/report/performance/findings.ts'
import { renderHtml } from '../../../src/report/render-html.ts'
import type { ComparisonParts } from '../../../src/results/comparison-file.ts'
import { WATCHED } from '../../model/decide/sample-file.ts'
import { POSTGRES, quickParts, records, STRONG, scattered, side } from '../fixtures.ts'

const ROWS = { ...POSTGRES, layout: 'rows' as const }
const DOCUMENT = side('postgres-document', 'PostgreSQL (document)', {
  store: 'postgres',
  layout: 'document',
})
const SIDES = [ROWS, DOCUMENT, STRONG]
const PROBED = {
  clients: 8,
  lines: 5,
  listed: 20,
  cart_bytes_by: 'disk' as const,
}
const add = (log_bytes: number) => ({
  operation: 'add_items' as const,
  read_consistency: null,
  count: 1000,
  failed: 0,
  service_cpu_s: 2e-4,
  database_cpu_s: 1e-4,
  read_units: null,
  write_units: null,
  log_bytes,
})

/** CPU of the service per run of the load: rows, document and DynamoDB, with some seeded noise. */
function compared(cpu: readonly [number, number, number], blocks = 8): ComparisonParts {
  const { spec } = loadResult()
  const slots = Array.from({ length: blocks }, (_, block) =>
    SIDES.map(({ key }, place) => ({
      block,
      place,
      side: key,
      result: loadResult(),
      watched: {
        ...WATCHED,
        service_cpu_s: (cpu[place] ?? 0) * (1 + 0.01 * ((block * (place + 2)) % 5)),
        database_cpu_s: 1 + place,
      },
    })),
  ).flat()
  return {
    ...quickParts(
      SIDES,
      SIDES.flatMap(({ key }, seed) => records(key, scattered(2, seed))),
    ),
    load: { spec, blocks, margin: 0.05, slots },
    operations: {
      sides: [
        { ...PROBED, side: ROWS.key, operations: [add(600)], cart_bytes: 1500 },
        { ...PROBED, side: DOCUMENT.key, operations: [add(900)], cart_bytes: 1000 },
      ],
    },
  }
}

function found(parts: ComparisonParts) {
  const { environment, load, operations } = parts
  if (load === null) throw new Error('there is a load')
  const data = findDataModel(environment.sides, findLoad(load, environment.sides), operations)
  if (data === null) throw new Error('both layouts were measured')
  return data
}

function sentenceOf(parts: ComparisonParts): string {
  const { environment, load } = parts
  const findings = load === null ? null : findLoad(load, environment.sides)
  const [section] = dataModelSection(parts, findings)
  const [first] = section?.contents ?? []
  return first?.kind === 'prose' ? proseText(first.prose) : ''
}

describe('engine or data model', () => {
  it('takes ratios of the blocks, of bytes and of log from the result file', () => {
    const { model, engine } = found(compared([3, 2, 2.2]))
    const of = (effects: typeof model, measure: string) =>
      effects.find((one) => one.measure === measure)
    const ratios = Array.from(
      { length: 8 },
      (_, block) => (3 * (1 + 0.01 * ((block * 2) % 5))) / (2 * (1 + 0.01 * ((block * 3) % 5))),
    ).toSorted((a, b) => a - b)
    const cpu = of(model, 'service_cpu')
    expect(cpu?.ratio).toBeCloseTo(((ratios[3] ?? 0) + (ratios[4] ?? 0)) / 2, 9)
    expect(cpu?.interval?.low).toBeGreaterThanOrEqual(ratios[0] ?? 0)
    expect(of(model, 'database_cpu')?.ratio).toBeCloseTo(1 / 2, 9)
    expect(of(model, 'cart_bytes')?.ratio).toBe(1.5)
    expect(of(model, 'log_bytes')).toMatchObject({ ratio: 600 / 900, operation: 'add_items' })
    expect(of(engine, 'service_cpu')?.ratio).toBeCloseTo(1.1, 1)
    expect(of(engine, 'database_cpu')).toBeUndefined()
  })

  it.each([
    ['model', [3, 2, 2.2], 'the data model makes the larger difference'],
    ['engine', [2.1, 2, 4], 'the engine with its client makes the larger difference'],
    ['engine', [2.1, 2, 1], 'the engine with its client makes the larger difference'],
    ['neither', [2, 2, 2], 'neither makes a difference beyond the noise'],
    ['alike', [3, 2, 3], 'does not tell which of the two'],
  ] as const)('answers "%s" from the intervals of both effects (CPU %j)', (answer, cpu, words) => {
    const parts = compared(cpu)
    expect(engineOrModel(found(parts))).toBe(answer)
    expect(sentenceOf(parts)).toContain(words)
  })

  it('has no answer with too few blocks, without a load, or without both layouts', () => {
    const few = compared([3, 2, 2.2], 4)
    expect(engineOrModel(found(few))).toBe('unknown')
    expect(sentenceOf(few)).toContain('too few blocks for an interval')
    expect(sentenceOf({ ...few, load: null })).toContain('requires a load')
    expect(sentenceOf(compared([3, 2, 2.2], 0))).toContain('no block of its load was valid')
    const environment = { ...few.environment, sides: [ROWS, STRONG] }
    expect(dataModelSection({ ...few, environment }, null)).toEqual([])
  })

  it('is in the report, open, and each figure leads to its records', () => {
    const model = buildReport(compared([3, 2, 2.2]))
    const section = model.sections.find(({ id }) => id === 'data-model')
    expect(section?.folded).toBeUndefined()
    const html = renderHtml(model)
    expect(html).toContain('data-figure="load.effect_service_cpu.ratio.postgres:postgres-document"')
    expect(html).toContain('results.json#/operations/sides/0/cart_bytes')
  })
})
