import { describe, expect, it } from 'vitest'
import type { Prices } from '../../../src/model/cost/prices.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { advise } from '../../../src/model/decide/advise.ts'
import type { Evidence } from '../../../src/model/decide/evidence.ts'
import { SCENARIOS } from '../../../src/model/decide/scenarios.ts'
import { measured } from '../../../src/model/terms/source.ts'
import { buildReport } from '../../../src/report/build-report.ts'
import { changeProse, headline, reasons } from '../../../src/report/decide/advice-words.ts'
import { proseText } from '../../../src/report/model.ts'
import { renderMarkdown } from '../../../src/report/render-markdown.ts'
import { noLostAdd, sampleEvidence } from '../../model/decide/sample-evidence.ts'
import { sampleFile } from '../../model/decide/sample-file.ts'

const prices = readPrices()
const NAMES = ['PostgreSQL', 'DynamoDB']
/** Each report runs the simulations of all shops. */
const TIMEOUT_MS = 120_000
const isDecisive = ({ choice = '' }) => NAMES.includes(choice)

/** The default prices with those of DynamoDB multiplied. */
function dynamodbTimes(factor: number): Prices {
  const changed = Object.entries(prices.prices).map(([id, price]) => [
    id,
    id.startsWith('dynamodb.') ? { ...price, price: price.price * factor } : price,
  ])
  return { ...prices, prices: Object.fromEntries(changed) }
}

/** The headline, the table under it and the list of conditions, as a reader of the report sees them. */
function readReport(markdown: string) {
  const [, opening = ''] = markdown.split('## What to choose')
  const rows = [
    ...opening.matchAll(/^\| ([^|:]+): [^|]* \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm),
  ]
  const [, headline = ''] = /\*\*(.+)\.\*\*/.exec(opening) ?? []
  const clauses = headline.split('; ').flatMap((clause) => {
    const [choice = '', shops = ''] = clause.split(/ for (?=")/)
    return [...shops.matchAll(/"([^"]+)"/g)].map(([, shop]) => [shop, choice.toLowerCase()])
  })
  const [, list = ''] = markdown.split('### When to choose which\n\n')
  const bullets = [...(list.split('\n\n')[0] ?? '').matchAll(/^- (.+?) \(.*?\): (.+?)\. ?(.*)$/gm)]
  return {
    table: rows.map(([, shop, choice = '', postgres = '', dynamodb = '', sure = '']) => ({
      shop,
      choice,
      sure,
      costs: [postgres, dynamodb].map((cost) => Number(cost.replace(/[$,]/g, ''))),
    })),
    headline: Object.fromEntries(clauses),
    list: bullets.map(([, shop, choice = '', conditions = '']) => ({
      shop,
      choice,
      cheaper: [...conditions.matchAll(/(\w+) (?:costs less|serves the load)/g)].map(
        ([, store]) => store,
      ),
    })),
  }
}

describe('the rendered report: "When to choose which"', () => {
  const seen = new Set<string>()
  const conditions: (string | undefined)[] = []

  it.each([0.01, 1, 100])(
    'agrees with the table above it, with DynamoDB prices x %d',
    { timeout: TIMEOUT_MS },
    (factor) => {
      const report = buildReport(sampleFile(), dynamodbTimes(factor))
      const markdown = renderMarkdown(report)
      const { table, list, headline: sentence } = readReport(markdown)
      // The bill with other reads is shown beside the usual one, or as the same.
      expect(markdown).toMatch(/with strong reads it is /)
      expect(markdown).not.toMatch(/it is (\$\S+) instead of \1 /)
      expect(table).toHaveLength(SCENARIOS.length)
      expect(list.map(({ shop, choice }) => [shop, choice])).toEqual(
        table.map(({ shop, choice }) => [shop, choice]),
      )
      expect(sentence).toEqual(
        Object.fromEntries(table.map(({ shop, choice }) => [shop, choice.toLowerCase()])),
      )
      for (const { choice, costs, sure } of table.filter(isDecisive)) {
        // The store that is called the cheaper one is the chosen one.
        expect(sure).toMatch(new RegExp(`${choice} is cheaper|does not serve it`))
        seen.add(choice)
        // A store that does not serve the load has no number there, and is not chosen.
        const [postgres = Number.NaN, dynamodb = Number.NaN] = costs
        const cheaper = postgres < dynamodb || Number.isNaN(dynamodb) ? 'PostgreSQL' : 'DynamoDB'
        expect(choice).toBe(cheaper)
      }
      for (const { choice, cheaper } of list.filter(isDecisive)) {
        expect(cheaper).not.toContain(choice)
        conditions.push(...cheaper)
      }
    },
  )

  it('was read with either choice', () => {
    expect([...seen]).toEqual(expect.arrayContaining(NAMES))
    expect(conditions.length).toBeGreaterThan(2)
  })
})

describe('the words of an advice', () => {
  const growing = SCENARIOS.filter(({ id }) => id === 'growing')
  const adviceFor = (evidence: Evidence, share?: number) => {
    const [advice] = advise(evidence, prices, {
      scenarios: growing,
      ...(share !== undefined && {
        certain: () => ({ cheaper: 'dynamodb', share, variations: 200, saves: null }),
      }),
    })
    if (advice === undefined) throw new Error('no advice')
    return advice
  }
  const lost = { guarantees: [noLostAdd('violated')] }

  it.each<[string, Evidence, number | undefined, RegExp]>([
    [
      'a store that costs less',
      sampleEvidence(),
      undefined,
      /^DynamoDB: both serve this load, DynamoDB for \$\S+ per month and PostgreSQL for \$\S+ per month\.$/,
    ],
    [
      'the only fit store',
      sampleEvidence({ dynamodb: lost }),
      undefined,
      /^PostgreSQL: it serves this load for \$\S+ per month; DynamoDB does not serve it\.$/,
    ],
    ['either', sampleEvidence(), 0.6, /^Either: .*too close to call \(PostgreSQL \$/],
    [
      'neither',
      sampleEvidence({ postgres: lost, dynamodb: lost }),
      undefined,
      /^Neither store serves this load as deployed here\.$/,
    ],
    [
      'missing measurements',
      sampleEvidence({ postgres: { operations: {} }, dynamodb: { cart_bytes: null } }),
      undefined,
      /^Undecided: .* Not measured: PostgreSQL: CPU of the service \(create a cart, add items, get a cart\); .*\.$/,
    ],
  ])('headline of %s', (_, evidence, share, expected) => {
    expect(headline(adviceFor(evidence, share), prices)).toMatch(expected)
  })

  it('reasons start with their basis and link to records', () => {
    const prose = reasons(adviceFor(sampleEvidence({ dynamodb: lost })), prices)
    const texts = prose.map(proseText)
    expect(texts).toContainEqual(
      expect.stringMatching(/^Measured: DynamoDB does not meet "No lost add" \(.*\) \(record\)\.$/),
    )
    expect(texts).toContainEqual(expect.stringMatching(/^Modelled: PostgreSQL costs \$/))
    expect(texts).toContainEqual(expect.stringMatching(/^Simulated: PostgreSQL at up to /))
    const linked = prose.flat().flatMap((part) => (typeof part === 'string' ? [] : [part]))
    expect(linked.map((part) => 'href' in part && part.href)).toContain(
      'consistency_test_results.json#/3',
    )
  })

  it('a fault is worded with the limit and what the peak requires', () => {
    const { postgres, dynamodb } = sampleEvidence()
    const slow = Object.fromEntries(
      Object.entries(postgres.operations).map(([kind, operation]) => [
        kind,
        { ...operation, database_cpu_s: measured(100, 'results.json#/postgres') },
      ]),
    )
    const advice = adviceFor({ postgres: { ...postgres, operations: slow }, dynamodb })
    expect(
      advice.would_change.map((change) => proseText(changeProse(change, 'USD'))),
    ).toContainEqual(
      expect.stringMatching(
        /^If this is fixed: PostgreSQL: no instance class has the [\d,]+ vCPUs, \d+ connections and [\d.,]+ GiB of memory that the peak requires \(record\)\.$/,
      ),
    )
  })
})
