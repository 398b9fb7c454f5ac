import { NOTHING_SEEN } from '../../../../../test/support/comparison.ts'
import { loadResult } from '../../../../../test/support/load-result.ts'
import type { ComparisonFile } from '../../../src/results/comparison-file.ts'
import { readComparison, writeComparison } from '../../../src/results/comparison-text.ts'
import type { OperationsPart } from '../../../src/results/schemas.ts'
import {
  consistency,
  EVENTUAL,
  environment,
  POSTGRES,
  records,
  STRONG,
  scattered,
} from '../../report/fixtures.ts'

const SIDES = [POSTGRES, STRONG, EVENTUAL]
export const WATCHED = {
  ...NOTHING_SEEN,
  service_cpu_s: 1,
  service_memory_bytes: 1e8,
  database_cpu_s: 0.5,
  database_memory_bytes: 1e8,
  database_disk_bytes: 1e8,
  connections: 10,
  store_retries: 0,
  store_throttles: 0,
}

type Cost = OperationsPart['sides'][number]['operations'][number]

const cost = (operation: Cost['operation'], change: Partial<Cost> = {}): Cost => ({
  operation,
  read_consistency: null,
  count: 1000,
  failed: 0,
  service_cpu_s: 2e-4,
  database_cpu_s: 1e-4,
  read_units: null,
  write_units: null,
  ...change,
})
const units = (read_units: number, write_units: number) => ({ read_units, write_units })
const strong = { read_consistency: 'strong' } as const
const eventual = { read_consistency: 'eventual' } as const

/** A thorough comparison of three sides, as `pushcart compare --rate 100 --slo p99=50ms` leaves it. */
export function sampleFile(change: Partial<ComparisonFile> = {}): ComparisonFile {
  const { spec } = loadResult()
  const shoppers = loadResult({ spec: { ...CLOSED, connections: 100, mix: 'shopper' } })
  const large = loadResult({ spec: { ...CLOSED, connections: 4, lines_per_cart: 50 }, p50: 3 })
  const list = { count: 100, failed: 0, mean: 2, p50: 2, p95: 3, max: 4 }
  const probed = { clients: 8, lines: 5, listed: 20 }
  const slots = SIDES.flatMap(({ key }, place) =>
    [0, 1].map((block) => ({
      block,
      place,
      side: key,
      result: loadResult({ p50: 2 + place, achieved: 99 }),
      watched: WATCHED,
    })),
  )
  const text = writeComparison({
    environment: environment(SIDES),
    quick_look: SIDES.flatMap(({ key }, seed) => records(key, scattered(2, seed))),
    consistency: SIDES.flatMap(({ key }) => consistency(key)),
    load: { spec, blocks: 2, margin: 0.05, slots },
    capacity: {
      objective: 'p99=50ms',
      sides: SIDES.map(({ key }) => ({
        side: key,
        points: [
          { rate: 500, achieved: 500, p50: 3, p99: 9, error_rate: 0, meets: true },
          { rate: 1000, achieved: 700, p50: 90, p99: 400, error_rate: 0.2, meets: false },
          { rate: 2000, achieved: 1, p50: 1, p99: 1, error_rate: 1, meets: null },
        ],
        highest: 500,
        limited_by: 'objective',
      })),
    },
    operations: {
      sides: [
        {
          ...probed,
          side: POSTGRES.key,
          operations: [
            cost('create_cart'),
            cost('add_items'),
            cost('get_cart', strong),
            cost('checkout'),
            cost('list_carts'),
          ],
          cart_bytes: 1343,
          cart_bytes_by: 'disk',
        },
        {
          ...probed,
          side: STRONG.key,
          operations: [
            cost('create_cart', units(0, 1)),
            cost('add_items', units(0, 1)),
            cost('get_cart', { ...strong, ...units(1, 0) }),
            cost('get_cart', { ...eventual, ...units(0.5, 0), service_cpu_s: 9 }),
            cost('checkout', units(0, 1)),
            cost('list_carts', units(20.5, 0)),
          ],
          cart_bytes: 631,
          cart_bytes_by: 'units',
        },
      ],
    },
    requirements: {
      sides: SIDES.map(({ key }) => ({
        side: key,
        hundred_shoppers: shoppers,
        fifty_lines: large,
        history: [
          { request: 'list_carts' as const, ...list },
          { request: 'list_orders' as const, ...list },
        ],
      })),
    },
  })
  return { ...readComparison(text), ...change }
}

const CLOSED = { loop: 'closed', rate: null } as const

/** What a JSON pointer behind `results.json#` points at. */
export function recordAt(file: ComparisonFile, record: string): unknown {
  const path = record.replace('results.json#/', '').split('/')
  return path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    file,
  )
}
