import { expect, test } from 'vitest'
import { loadResult } from '../../../../../test/support/load-result.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { decide } from '../../../src/model/decide/decide.ts'
import { reasons } from '../../../src/report/decide/advice-words.ts'
import { limitsSection } from '../../../src/report/decide/limits-section.ts'
import { proseText } from '../../../src/report/model.ts'
import { sampleFile, WATCHED } from '../../model/decide/sample-file.ts'

/** Each decision runs the simulations of all shops. */
const TIMEOUT_MS = 120_000
const PLACES = { postgres: 0, dynamodb: 1 }

function sentences(file: ReturnType<typeof sampleFile>) {
  const decision = decide(file, readPrices())
  const lists = limitsSection(decision, PLACES).contents.flatMap((one) =>
    one.kind === 'list' ? one.items.map(proseText) : [],
  )
  const [advice] = decision.advice
  if (advice === undefined) throw new Error('there is no advice')
  return { decision, lists, reasons: reasons(advice, decision.prices).map(proseText) }
}

const runs = [150, 300, 600].map((rate, place) => ({
  result: loadResult({ spec: { rate }, offered: rate, achieved: rate, p50: 2 + 2 * place }),
  watched: WATCHED,
}))

test(
  'a validated store is shown with a range that contains the simulated maximum, another as an order of magnitude',
  () => {
    const file = sampleFile({ growth: { sides: [{ side: 'postgres', runs }] } })
    const { decision, lists, reasons: found } = sentences(file)
    const [postgres, dynamodb] = decision.limits.curves
    const { low, high } = postgres?.range ?? { low: 0, high: 0 }
    const most = postgres?.sweep.most_shoppers ?? 0
    expect(low).toBeLessThan(high)
    expect(most).toBeGreaterThanOrEqual(low)
    expect(most).toBeLessThanOrEqual(high)
    const shown = / from ([\d,]+) to ([\d,]+)/.exec(lists[0] ?? '')?.slice(1) ?? []
    // Large counts are shown with three digits.
    for (const [place, exact] of [low, high].entries())
      expect(Number(shown[place]?.replaceAll(',', '')) / exact).toBeCloseTo(1, 2)
    expect(dynamodb?.range).toBeNull()
    expect(lists[1]).toContain('order of magnitude')
    expect(found.find((one) => /Simulated: PostgreSQL/.test(one))).toMatch(
      /P99 [\d.]+ ms \([\d.]+ ms to [\d.]+ ms with the error/,
    )
    expect(found.find((one) => /Simulated: DynamoDB/.test(one))).toContain('order of magnitude')
  },
  TIMEOUT_MS,
)

test(
  'without runs at several rates nothing has a range',
  () => {
    const { decision, lists } = sentences(sampleFile({ capacity: null }))
    expect(decision.evidence.postgres.fitted).toBeNull()
    expect(lists[0]).toContain('order of magnitude')
  },
  TIMEOUT_MS,
)
