import {
  DYNAMODB,
  type DynamoParameters,
  POSTGRES,
  type PostgresParameters,
  SERVICE,
  type ServiceParameters,
} from '../../../src/model/simulate/parameters.ts'
import type { SimulatedTraffic } from '../../../src/model/simulate/workload.ts'

const unloaded = { median_s: 0.002, p99_s: 0.008 }
const each = <T>(create_cart: T, add_items: T, get_cart: T) => ({
  create_cart,
  add_items,
  get_cart,
})

/** 0.1 ms of the service's CPU for each operation. */
export const service: ServiceParameters = { ...SERVICE, cpu_s: each(1e-4, 1e-4, 1e-4) }

/** 0.14 ms of the database's CPU on average over the mix below: 7,143 operations a second for each core. */
export const postgres: PostgresParameters = {
  ...POSTGRES,
  unloaded: each(unloaded, unloaded, unloaded),
  cpu_s: each(1e-4, 2e-4, 1e-4),
  log_bytes: each(2000, 2000, 0),
  cores: 2,
  max_connections: 2000,
}

/** 0.6 write and 0.25 read units on average over the mix below. */
export const dynamodb: DynamoParameters = {
  ...DYNAMODB,
  unloaded: each(unloaded, unloaded, unloaded),
  write_units: each(2, 1, 0),
  read_units: each(0, 0, 0.5),
  data_gb: 1,
}

/** As many operations a second as shoppers. */
export function workload(change: Partial<SimulatedTraffic> = {}): SimulatedTraffic {
  return {
    phases: [{ seconds: 60, from: 100, to: 100 }],
    shopper_rate: 1,
    mix: each(1, 4, 5),
    carts: 100_000,
    skew: 0,
    hot_share: 0,
    ...change,
  }
}

/** So many shoppers for so long. */
export function steady(shoppers: number, seconds = 60) {
  return [{ seconds, from: shoppers, to: shoppers }]
}
