import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useFolder } from '../../../../../test/support/folder.ts'
import { UsageError } from '../../../src/errors/usage-error.ts'
import { readShop } from '../../../src/model/decide/read-shop.ts'
import { demandOf, scenarioOf } from '../../../src/model/decide/scenarios.ts'
import { PRESETS, SHOP_SCHEMA } from '../../../src/model/decide/shop.ts'

const folder = useFolder()

it('the published schema is the one that shops are validated against', () => {
  const published = new URL('../../../src/model/decide/shop.schema.json', import.meta.url)
  const schema = JSON.parse(readFileSync(published, 'utf8'))
  expect(schema).toEqual(JSON.parse(JSON.stringify(SHOP_SCHEMA)))
})

describe('a shop', () => {
  it('is a preset, a preset with other values, values alone, or a file', () => {
    expect(readShop('global')).toEqual(PRESETS.global)
    expect(readShop('spike, multi_az=false,read_consistency=strong')).toEqual({
      ...PRESETS.spike,
      multi_az: false,
      read_consistency: 'strong',
    })
    const own = { ...PRESETS.growing, name: 'Your shop', shoppers_per_day: 200_000 }
    expect(readShop('shoppers_per_day=2e5')).toEqual(own)
    const path = join(folder, 'my=shop.json')
    writeFileSync(path, JSON.stringify({ $schema: 'x', name: 'Ours', peak_factor: 3 }))
    expect(readShop(path)).toEqual({ ...PRESETS.growing, name: 'Ours', peak_factor: 3 })
  })

  it('gives the traffic, the carts kept and the deployment of the cost model', () => {
    const shop = readShop(
      'shoppers_per_day=86400,adds_per_visit=3,gets_per_visit=6,peak_factor=7,kept_days=2,regions=2,min_tasks=4',
    )
    const { traffic, carts, deployment } = demandOf(scenarioOf(shop))
    expect(traffic).toEqual({
      per_second: { create_cart: 1, add_items: 3, get_cart: 6 },
      peak_to_average: 7,
    })
    expect(carts).toBeCloseTo(2 * 86_400, 6)
    expect(deployment).toMatchObject({ regions: 2, min_tasks: 4, multi_az: true })
  })

  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  it.each<[string, () => string, RegExp]>([
    [
      'an unknown name',
      () => 'huge',
      /huge is neither a preset \(startup, .*\) nor a file: no such file$/,
    ],
    ['an empty name', () => '', /neither a preset/],
    [
      'an unknown value',
      () => 'shoppers=5',
      /unknown value "shoppers"; expected one of name, shoppers_per_day, /,
    ],
    ['no value', () => 'growing,peak_factor', /"peak_factor" is not an assignment such as/],
    ['a value twice', () => 'regions=1,regions=2', /regions is given twice$/],
    ['a value out of range', () => 'peak_factor=0', /peak_factor must be >= 1 \(got 0\)$/],
    ['an unlimited value', () => 'shoppers_per_day=Infinity', /shoppers_per_day must be /],
    ['a text for a number', () => 'regions=many', /regions must be integer \(got "many"\)$/],
    [
      'another consistency',
      () => 'read_consistency=weak',
      /read_consistency must be equal to one of/,
    ],
    ['no operations', () => 'adds_per_visit=0,gets_per_visit=0', /must not both be 0$/],
    ['a folder', () => folder, /it is a folder$/],
    ['a file that is not JSON', () => write('a.json', '{'), /a\.json: not JSON: /],
    ['a file with a list', () => write('b.json', '[]'), /b\.json: the file must be an object$/],
    [
      'a file with a mistake',
      () => write('c.json', '{"kept_days": -1}'),
      /c\.json: kept_days must be >= 0\.01 \(got -1\)$/,
    ],
    [
      'a file with another value',
      () => write('d.json', '{"days": 1}'),
      /d\.json: unknown value "days"/,
    ],
  ])('with %s is rejected with one line', (_, words, expected) => {
    const read = () => readShop(words())
    expect(read).toThrow(UsageError)
    expect(read).toThrow(expected)
    expect(read).toThrow(/^shop: [^\n]+$/)
  })
})
