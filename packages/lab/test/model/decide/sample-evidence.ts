import type { Evidence, RunEvidence, StoreEvidence } from '../../../src/model/decide/evidence.ts'
import { measured as measuredAt } from '../../../src/model/terms/source.ts'

const at = (record: string) => (value: number) => measuredAt(value, record)

/** What a thorough comparison on one machine would fill in; `change` replaces parts of either side. */
export function sampleEvidence(
  change: {
    readonly postgres?: Partial<StoreEvidence>
    readonly dynamodb?: Partial<StoreEvidence>
  } = {},
): Evidence {
  return {
    postgres: { ...postgres(), ...change.postgres },
    dynamodb: { ...dynamodb(), ...change.dynamodb },
  }
}

export function sampleRun(change: Partial<RunEvidence> = {}): RunEvidence {
  const times = { count: 1000, average: 3, p50: 2, p95: 6, p99: 9 }
  return {
    record: 'results.json#/runs/0',
    offered: 100,
    throughput: 100,
    clients: 100,
    cart_lines: 50,
    success_rate: 100,
    overload: false,
    overall: times,
    operations: { create_cart: times, add_items: times, get_cart: times, list_carts: times },
    ...change,
  }
}

function postgres(): StoreEvidence {
  const measured = at('results.json#/postgres')
  const operation = (database_cpu_s: number) => ({
    service_cpu_s: measured(1e-4),
    database_cpu_s: measured(database_cpu_s),
    emulator_cpu_s: null,
    log_bytes: null,
    write_units: null,
    read_units_strong: null,
    read_units_eventual: null,
  })
  return {
    store: 'postgres',
    label: 'PostgreSQL 18',
    emulator: false,
    operations: {
      create_cart: operation(1e-4),
      add_items: operation(2e-4),
      get_cart: operation(8e-5),
      list_carts: operation(3e-4),
    },
    cart_bytes: measured(2000),
    index_bytes: null,
    flush_s: null,
    round_trip_s: null,
    latencies: {},
    capacity_knee: measured(9000),
    runs: [sampleRun()],
    guarantees: [noLostAdd('holds')],
    fitted: null,
  }
}

function dynamodb(): StoreEvidence {
  const measured = at('results.json#/dynamodb')
  const operation = (write: number, read: number) => ({
    service_cpu_s: measured(1e-4),
    database_cpu_s: null,
    emulator_cpu_s: measured(2e-4),
    log_bytes: null,
    write_units: measured(write),
    read_units_strong: measured(read),
    read_units_eventual: measured(read / 2),
  })
  return {
    store: 'dynamodb',
    label: 'DynamoDB (dynalite)',
    emulator: true,
    operations: {
      create_cart: operation(2, 0),
      add_items: operation(1, 0),
      get_cart: operation(0, 1),
      list_carts: operation(0, 21.5),
    },
    cart_bytes: measured(900),
    index_bytes: null,
    flush_s: null,
    round_trip_s: null,
    latencies: {},
    capacity_knee: measured(4000),
    runs: [sampleRun()],
    guarantees: [noLostAdd('holds')],
    fitted: null,
  }
}

export function noLostAdd(verdict: 'holds' | 'violated' | 'unknown') {
  return {
    guarantee: 'no_lost_add',
    read_mode: null,
    verdict,
    operations: 500,
    record: 'consistency_test_results.json#/3',
  } as const
}
