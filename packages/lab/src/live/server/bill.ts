import { derive, priced, pricedInstance } from '../../model/cost/figure.ts'
import type { InstanceClass, Prices } from '../../model/cost/prices.ts'
import { HOURS_PER_MONTH } from '../../model/cost/service-cost.ts'
import { DEPLOYMENT } from '../../model/terms/deployment.ts'
import type { Bill, SideUse } from '../protocol.ts'

/**
 * Monthly cost of the database alone at the rate of the last second, without storage and backups, which depend on what is
 * kept. `null` where it cannot be computed.
 */
export function billOf(
  store: 'postgres' | 'dynamodb',
  use: Omit<SideUse, 'bill'>,
  prices: Prices,
): Bill | null {
  return store === 'dynamodb' ? onDemand(use, prices) : instances(use, prices)
}

function onDemand({ read_units, write_units }: Omit<SideUse, 'bill'>, prices: Prices): Bill | null {
  if (read_units === null || write_units === null) return null
  const { value } = derive({
    id: 'live.dynamodb',
    title: 'Requests',
    unit: `${prices.currency}/month`,
    formula: '(read * read_price + write * write_price) * 3600 * hours / 1000000',
    inputs: { read: read_units, write: write_units, hours: HOURS_PER_MONTH },
    prices: {
      read_price: priced('dynamodb.read_units', prices),
      write_price: priced('dynamodb.write_units', prices),
    },
  })
  return { usd_per_month: value, basis: 'on-demand requests' }
}

/** The cheapest class whose permanent CPU leaves the reserve of the cost model, as a pair in two zones. */
function instances({ database_cpu }: Omit<SideUse, 'bill'>, prices: Prices): Bill | null {
  if (database_cpu === null) return null
  const needed = database_cpu / DEPLOYMENT.target_utilisation
  const serves = ({ vcpus, baseline, memory_gib }: InstanceClass) =>
    vcpus * baseline >= needed && memory_gib >= DEPLOYMENT.min_memory_gib
  const found = prices.rds_instances.toSorted((a, b) => a.price - b.price).find(serves)
  if (found === undefined) return null
  const { value } = derive({
    id: 'live.postgres',
    title: found.class,
    unit: `${prices.currency}/month`,
    formula: 'zones * hours * price',
    inputs: { zones: 2, hours: HOURS_PER_MONTH },
    prices: { price: pricedInstance(found) },
  })
  return { usd_per_month: value, basis: `${found.class} in two zones` }
}
