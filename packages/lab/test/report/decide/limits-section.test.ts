import { expect, test } from 'vitest'
import { loadResult } from '../../../../../test/support/load-result.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { decide } from '../../../src/model/decide/decide.ts'
import { simulationInputs } from '../../../src/model/decide/model-inputs.ts'
import { shopInputs } from '../../../src/model/decide/shop-inputs.ts'
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
    const shown = / between ([\d,]+) and ([\d,]+) /.exec(lists[0] ?? '')?.slice(1) ?? []
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

test(
  'the plots say where the latencies of each store come from, and what network they contain',
  () => {
    const basis = (rtt_ms: number | null) => {
      const file = sampleFile()
      const environment =
        rtt_ms === null
          ? file.environment
          : { ...file.environment, network: { rtt_ms, measured_ms: rtt_ms } }
      const decision = decide({ ...file, environment }, readPrices())
      const notes = limitsSection(decision, PLACES).contents.flatMap((one) =>
        one.kind === 'note' ? [one.text] : [],
      )
      const unloaded = simulationInputs(
        decision.evidence.postgres,
        shopInputs(decision.evidence, decision.cost.scenario),
        readPrices().rds_instances[0] ?? null,
      ).simulated?.store.unloaded.get_cart
      return { note: notes.find((one) => /^PostgreSQL: latencies/.test(one)), unloaded }
    }
    const loopback = basis(null)
    expect(loopback.note).toBe(
      'PostgreSQL: latencies measured over loopback, plus an assumed round trip of 0.5 ms. DynamoDB: latencies published by Amazon or assumed, not measured.',
    )
    const half = basis(0.2)
    expect(half.note).toContain('a network of 0.2 ms between service and database, plus an assumed')
    const whole = basis(2)
    expect(whole.note).toMatch(/a network of 2 ms between service and database\. DynamoDB/)
    const median = ({ unloaded }: typeof whole) => 1000 * (unloaded?.median_s ?? 0)
    expect(median(loopback) - median(whole)).toBeCloseTo(0.5, 9)
    expect(median(half) - median(whole)).toBeCloseTo(0.3, 9)
  },
  TIMEOUT_MS,
)
