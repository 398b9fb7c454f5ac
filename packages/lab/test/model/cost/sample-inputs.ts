import type { CostInputs } from '../../../src/model/cost/inputs.ts'
import { DEPLOYMENT } from '../../../src/model/terms/deployment.ts'

/** 100 operations per second, a million carts, and round figures. */
export function sampleInputs(change: Partial<CostInputs> = {}): CostInputs {
  const each = (create_cart: number, add_items: number, get_cart: number) => ({
    create_cart,
    add_items,
    get_cart,
  })
  return {
    traffic: { per_second: each(10, 40, 50), peak_to_average: 3 },
    carts: 1e6,
    postgres: {
      service_cpu_s: each(1e-4, 1e-4, 1e-4),
      database_cpu_s: each(1e-4, 2e-4, 1e-4),
      log_bytes: each(2000, 2000, 0),
      cart_bytes: 2000,
    },
    dynamodb: {
      service_cpu_s: each(1e-4, 1e-4, 1e-4),
      write_units: each(2, 1, 0),
      read_units: { strong: each(0, 0, 1), eventual: each(0, 0, 0.5) },
      cart_bytes: 900,
    },
    deployment: DEPLOYMENT,
    ...change,
  }
}
