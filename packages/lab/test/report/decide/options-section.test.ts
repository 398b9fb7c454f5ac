import { expect, test } from 'vitest'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { decide } from '../../../src/model/decide/decide.ts'
import { readShop } from '../../../src/model/decide/read-shop.ts'
import { optionsSection } from '../../../src/report/decide/options-section.ts'
import { proseText } from '../../../src/report/model.ts'
import { sampleFile } from '../../model/decide/sample-file.ts'

const prices = readPrices()

test('the sentence about the cheapest way to buy agrees with the table', {
  timeout: 120_000,
}, () => {
  for (const factor of [0.05, 1, 20]) {
    const changed = Object.entries(prices.options ?? {}).map(([id, price]) => [
      id,
      id.startsWith('dynamodb.provisioned') ? { ...price, price: price.price * factor } : price,
    ])
    const own = { ...prices, options: Object.fromEntries(changed) }
    const shop = readShop('growing,shoppers_per_day=2000000,rise_minutes=20')
    const decision = decide(sampleFile(), own, { shop })
    const [section] = optionsSection(decision)
    const [first, second] = section?.contents ?? []
    if (first?.kind !== 'prose' || second?.kind !== 'table') throw new Error('another order')
    const sentence = proseText(first.prose)
    const cheapest = (store: string) =>
      Math.min(
        ...decision.options.flatMap((one) =>
          one.store === store && one.alternative && one.total !== null ? [one.total] : [],
        ),
      )
    const winner = cheapest('postgres') < cheapest('dynamodb') ? 'PostgreSQL' : 'DynamoDB'
    expect(sentence).toMatch(new RegExp(`${winner} costs less then`))
    expect(second.table.rows).toHaveLength(decision.options.length)
    for (const { total } of decision.options.filter((one) => one.total !== null))
      expect(total).toBeGreaterThan(0)
  }
})

test('every option says what it does to the guarantees, and an unpriced one what is missing', {
  timeout: 120_000,
}, () => {
  const { options: _, ...bare } = prices
  const [section] = optionsSection(decide(sampleFile(), bare))
  const table = section?.contents.find((one) => one.kind === 'table')
  if (table?.kind !== 'table') throw new Error('there is no table')
  const texts = table.table.rows.map(({ cells }) =>
    cells.map((cell) => ('text' in cell ? cell.text : '')),
  )
  for (const [, , guarantees] of texts) expect(guarantees).not.toBe('')
  const reserved = texts.find(([name]) => name?.startsWith('instances reserved'))
  expect(reserved?.[1]).toBe('not priced: the price file lacks rds.reserved_1y')
})
