import { createRandom } from '../../src/random/random.ts'
import type { ComparisonParts } from '../../src/results/comparison-file.ts'
import type { Environment } from '../../src/results/environment.ts'
import { CORE_OPERATIONS } from '../../src/results/operations.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../../src/results/records.ts'
import type { Side } from '../../src/results/side.ts'

const timestamp = '2026-03-01T12:00:00.000Z'

/** A target with default properties. */
export function side(key: string, label: string, more: Partial<Side> = {}): Side {
  return {
    key,
    label,
    store: null,
    engine: null,
    read_consistency: null,
    emulator: false,
    address: null,
    database_version: null,
    durability: null,
    ...more,
  }
}

export const POSTGRES = side('postgres', 'PostgreSQL', { store: 'postgres', engine: 'embedded' })
export const STRONG = side('dynamodb-strong', 'DynamoDB (strong reads)', {
  store: 'dynamodb',
  read_consistency: 'strong',
  emulator: true,
  database_version: 'dynalite 4.0.0',
})
export const EVENTUAL = side('dynamodb', 'DynamoDB (eventual reads)', {
  ...STRONG,
  key: 'dynamodb',
  label: 'DynamoDB (eventual reads)',
  read_consistency: 'eventual',
})

export function environment(sides: readonly Side[], more: Partial<Environment> = {}): Environment {
  return {
    started_at: timestamp,
    pushcart_version: '0.0.0',
    command: 'npx pushcart compare --seed 1',
    seed: 1,
    stream_sha256: 'ab'.repeat(32),
    operations: 150,
    warm_up_operations: 150,
    consistency_iterations: 2,
    concurrent_clients: 10,
    machine: { system: 'Linux', cpu: 'A processor', cores: 2, memory_gib: 8, node: 'v26.0.0' },
    sides,
    ...more,
  }
}

/** A comparison with only the quick look and the consistency test. */
export function quickParts(
  sides: readonly Side[],
  quick_look: readonly CombinedRecord[],
  found: readonly CombinedConsistencyRecord[] = sides.flatMap(({ key }) => consistency(key)),
): ComparisonParts {
  return {
    environment: environment(sides),
    quick_look,
    consistency: found,
    load: null,
    capacity: null,
  }
}

/** 150 records of one target; `timeOf` returns the time of the n-th record of an operation, in milliseconds. */
export function records(database: string, timeOf: (index: number) => number): CombinedRecord[] {
  return CORE_OPERATIONS.flatMap((operation) =>
    Array.from({ length: 50 }, (_, index) => ({
      database,
      operation,
      response_time: Math.round(timeOf(index) * 100) / 100,
      success: true,
      status_code: operation === 'create_cart' ? 201 : operation === 'add_items' ? 204 : 200,
      timestamp,
    })),
  )
}

/** Seeded random times from `base` to four times `base`. */
export function scattered(base: number, seed: number): (index: number) => number {
  const random = createRandom(seed)
  return () => base * 2 ** (random.integer(0, 200) / 100)
}

/** Records of a consistency test without failures; `change` can modify each. */
export function consistency(
  database: string,
  change: (record: CombinedConsistencyRecord) => CombinedConsistencyRecord = (record) => record,
): CombinedConsistencyRecord[] {
  const common = { database, cart_id: 'cart', success: true, timestamp }
  const good: CombinedConsistencyRecord[] = [
    {
      ...common,
      scenario: 'create_then_read',
      create_time_ms: 1,
      read_attempts: 5,
      consistent_reads: 5,
      consistency_rate: 100,
      delays_ms: [1, 11, 21, 31, 41],
    },
    {
      ...common,
      scenario: 'write_then_read_items',
      product_id: 3,
      add_time_ms: 1,
      read_attempts: 5,
      item_visible_count: 5,
      consistency_rate: 100,
    },
    {
      ...common,
      scenario: 'rapid_updates',
      updates_sent: 10,
      updates_successful: 10,
      final_items_count: 10,
      updates: [],
    },
    {
      ...common,
      scenario: 'concurrent_updates',
      product_id: 4,
      clients: 10,
      updates_sent: 50,
      updates_successful: 50,
      acknowledged_quantity: 50,
      unknown_quantity: 0,
      stored_quantity: 50,
      lost_updates: 0,
      duplicated_updates: 0,
    },
  ]
  return [...good, ...good].map((record) => change({ ...record }))
}
