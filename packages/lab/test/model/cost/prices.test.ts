import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useFolder } from '../../../../../test/support/folder.ts'
import { UsageError } from '../../../src/errors/usage-error.ts'
import { PRICES_SCHEMA } from '../../../src/model/cost/prices.ts'
import { parsePrices, readPrices } from '../../../src/model/cost/read-prices.ts'

const folder = useFolder()

const file = new URL('../../../src/model/cost/prices.json', import.meta.url)
const good = () => JSON.parse(readFileSync(file, 'utf8'))

function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    if (error instanceof Error) return error.message
  }
  throw new Error('nothing was thrown')
}

describe('the prices that come with the package', () => {
  const prices = readPrices()

  it('are labelled as third-party prices, each with its publisher or marked for verification', () => {
    expect(prices.label).toBe('as published by third parties, not read from the vendor')
    for (const { published_by, status } of [
      ...Object.values(prices.prices),
      ...prices.rds_instances,
    ])
      expect(status).toBe(published_by === 'general knowledge' ? 'to_be_verified' : 'third_party')
  })

  it('have the reduced DynamoDB prices of November 2024', () => {
    expect(prices.prices['dynamodb.write_units'].price).toBe(0.625)
    expect(prices.prices['dynamodb.read_units'].price).toBe(0.125)
  })
})

it('the published schema is the one that files are validated against', () => {
  const published = new URL('../../../src/model/cost/prices.schema.json', import.meta.url)
  const schema = JSON.parse(readFileSync(published, 'utf8'))
  expect(schema).toEqual(JSON.parse(JSON.stringify(PRICES_SCHEMA)))
})

describe('a file of the user', () => {
  it('replaces the prices', () => {
    const path = join(folder, 'mine.json')
    const mine = good()
    mine.prices['alb.hour'].price = 1
    writeFileSync(path, JSON.stringify(mine))
    expect(readPrices(path).prices['alb.hour'].price).toBe(1)
  })

  it.each<[string, (prices: ReturnType<typeof good>) => void, RegExp]>([
    [
      'a price below 0',
      (prices) => {
        prices.prices['alb.hour'].price = -1
      },
      /prices > alb\.hour > price must be >= 0/,
    ],
    [
      'another unit',
      (prices) => {
        prices.prices['alb.hour'].unit = 'day'
      },
      /alb\.hour > unit must be equal to constant \("hour"\)/,
    ],
    [
      'a missing price',
      (prices) => {
        delete prices.prices['nat.hour']
      },
      /must have required properties|nat\.hour/,
    ],
    [
      'a price that nothing uses',
      (prices) => {
        prices.prices['nat.hours'] = {}
      },
      /additional properties \("nat\.hours"\)/,
    ],
    [
      'no instances',
      (prices) => {
        prices.rds_instances = []
      },
      /rds_instances must NOT have fewer/,
    ],
    [
      'an instance twice',
      (prices) => {
        prices.rds_instances.push(prices.rds_instances[0])
      },
      /instance class db\.t4g\.micro is listed twice/,
    ],
    [
      'another format',
      (prices) => {
        prices.format = 'csv'
      },
      /format must be equal/,
    ],
  ])('with %s is rejected with one line that names the mistake', (_, spoil, expected) => {
    const prices = good()
    spoil(prices)
    const message = messageOf(() => parsePrices(JSON.stringify(prices), 'mine.json'))
    expect(message).toMatch(expected)
    expect(message).toMatch(/^prices: mine\.json: [^\n]+$/)
  })

  it('that does not exist, is a folder, or is not JSON is rejected with one line', () => {
    expect(messageOf(() => readPrices(join(folder, 'none.json')))).toMatch(/no such file$/)
    expect(messageOf(() => readPrices(folder))).toMatch(/it is a folder$/)
    expect(messageOf(() => parsePrices('{\n"a":', 'x.json'))).toMatch(
      /^prices: x\.json: not JSON: [^\n]+$/,
    )
    expect(messageOf(() => parsePrices('null', 'x.json'))).toBe(
      'prices: x.json: the file must be object',
    )
  })
})
