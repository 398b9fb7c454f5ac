import type { Variation, VariedKey } from '../../model/decide/sensitivity.ts'
import { amount } from '../amounts.ts'

/** What an assumption is about, and a value of it in words. */
interface AssumptionWords {
  readonly name: string
  readonly value: (value: number) => string
}

const plain = (name: string): AssumptionWords => ({ name, value: amount })
const counted = (name: string, one: string, none = `no ${one}`): AssumptionWords => ({
  name,
  value: (value) => (value === 0 ? none : `${amount(value)} ${one}${value === 1 ? '' : 's'}`),
})

const ASSUMPTIONS: Readonly<Record<VariedKey, AssumptionWords>> = {
  shoppers_per_day: plain('Shoppers per day, after 3 years of growth'),
  peak_factor: { name: 'Peak', value: (value) => `${amount(value)} times the average` },
  adds_per_visit: plain('Adds per visit'),
  gets_per_visit: plain('Cart reads per visit'),
  lines_per_cart: plain('Lines per cart'),
  kept_days: counted('Carts are kept', 'day'),
  regions: counted('Regions', 'region'),
  existing_instance: {
    name: 'A PostgreSQL with room for the carts is there already',
    value: String,
  },
  multi_az: { name: 'PostgreSQL in two zones (Multi-AZ)', value: String },
  min_tasks: counted('Tasks of the service, at least', 'task'),
  min_memory_gib: {
    name: 'Memory of the PostgreSQL instance, at least',
    value: (value) => `${amount(value)} GiB`,
  },
  nat_gateways: counted('NAT gateways', 'gateway'),
  backup_days: counted('Backups of the database', 'day', 'none'),
  target_utilisation: {
    name: 'CPU that the peak may use',
    value: (value) => `${amount(100 * value)} %`,
  },
  burstable: { name: 'PostgreSQL on instances with CPU credits (db.t4g)', value: String },
  working_set_hours: {
    name: 'Carts that fit in the memory of the PostgreSQL instance',
    value: (value) => `those of ${amount(value)} hours`,
  },
  cache_share: {
    name: 'Memory of the PostgreSQL instance that caches data',
    value: (value) => `${amount(100 * value)} %`,
  },
  old_cart_share: {
    name: 'Operations on carts older than those in memory',
    value: (value) => `${amount(100 * value)} %`,
  },
  read_replicas: counted('Read replicas of PostgreSQL', 'replica', 'none'),
  core_speed: {
    name: 'Speed of a vCPU',
    value: (value) => `${amount(value)} of a core of this machine`,
  },
  read_consistency: { name: 'Cart reads of DynamoDB', value: String },
}

/** Such as `PostgreSQL in two zones (Multi-AZ)`. */
export function assumptionName({ key }: Pick<Variation, 'key'>): string {
  return ASSUMPTIONS[key].name
}

/** Such as `30 days`, `yes` or `strong`. */
export function assumptionValue(key: VariedKey, value: Variation['from']): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : ASSUMPTIONS[key].value(value)
}

/** An assumption with another value: `PostgreSQL in two zones (Multi-AZ), no instead of yes`. */
export function variationWords({ key, from, to }: Variation): string {
  const [name, were, are] = [
    ASSUMPTIONS[key].name,
    assumptionValue(key, from),
    assumptionValue(key, to),
  ]
  return `${name}, ${are} instead of ${were}`
}
