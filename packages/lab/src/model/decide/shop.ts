import Type, { type Static } from 'typebox'

/** The traffic of a shop, as its owner knows it: the input of a recommendation. Every value can be replaced. */

const perVisit = (description: string) => Type.Number({ minimum: 0, maximum: 1000, description })

/** What an owner can change about the deployment. */
const DeploymentOfShop = {
  multi_az: Type.Boolean({ description: 'Whether PostgreSQL has a standby in another zone.' }),
  existing_instance: Type.Boolean({
    description:
      "Whether a PostgreSQL with room for the carts is there already: its instances are not part of the carts' bill.",
  }),
  min_tasks: Type.Integer({
    minimum: 1,
    maximum: 1000,
    description: 'Minimum number of tasks of the service per region.',
  }),
  min_memory_gib: Type.Number({
    minimum: 1,
    maximum: 1024,
    description: "Minimum memory of PostgreSQL's instance.",
  }),
  nat_gateways: Type.Integer({ minimum: 0, maximum: 10, description: 'Per region.' }),
  backup_days: Type.Integer({
    minimum: 0,
    maximum: 35,
    description: 'How long backups are kept; 0 for none.',
  }),
  target_utilisation: Type.Number({
    minimum: 0.05,
    maximum: 1,
    description: 'Share of the CPU of tasks and instances that the peak may use.',
  }),
  core_speed: Type.Number({
    minimum: 0.1,
    maximum: 10,
    description: 'Speed of a vCPU relative to a core of the machine that was measured.',
  }),
  burstable: Type.Boolean({
    description: 'Whether PostgreSQL may run on instances with CPU credits (db.t4g).',
  }),
  working_set_hours: Type.Number({
    minimum: 0,
    maximum: 8760,
    description: "The carts of so many hours must fit in the memory of PostgreSQL's instance.",
  }),
  cache_share: Type.Number({
    minimum: 0.05,
    maximum: 1,
    description: "Share of that instance's memory that caches data.",
  }),
  old_cart_share: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'Share of the operations that are on carts older than those in memory.',
  }),
  read_replicas: Type.Integer({
    minimum: 0,
    maximum: 15,
    description: 'Replicas of PostgreSQL per region that serve reads, which may be stale.',
  }),
  read_consistency: Type.Enum(['strong', 'eventual'], {
    description: "Of DynamoDB's reads of a cart.",
  }),
}

const optional = <T extends Type.TProperties>(fields: T) =>
  Type.Partial(Type.Object(fields)).properties as { [K in keyof T]: Type.TOptional<T[K]> }

/** The JSON Schema of a shop file; `npm run docs` writes it to `shop.schema.json`. */
export const SHOP_SCHEMA = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Type.String({ minLength: 1, maxLength: 60, description: 'Its name in the report.' }),
    shoppers_per_day: Type.Number({
      minimum: 1,
      maximum: 1e10,
      description: 'Visits per day, averaged over a month, all regions.',
    }),
    peak_factor: Type.Number({
      minimum: 1,
      maximum: 1000,
      description: 'Load of the busiest minute divided by the average load.',
    }),
    adds_per_visit: perVisit('Changes of a cart per visit.'),
    gets_per_visit: perVisit('Reads of a cart per visit.'),
    lines_per_cart: Type.Integer({ minimum: 1, maximum: 100, description: 'Products in a cart.' }),
    visit_minutes: Type.Number({ minimum: 0.1, maximum: 1440, description: 'Length of a visit.' }),
    kept_days: Type.Number({
      minimum: 0.01,
      maximum: 3650,
      description: 'How long carts and orders are kept.',
    }),
    regions: Type.Integer({ minimum: 1, maximum: 20, description: 'Regions of equal size.' }),
    growth_per_year: Type.Number({
      minimum: -0.9,
      maximum: 100,
      description: 'Growth of the traffic; 0.5 is 50 % per year.',
    }),
    prepared: Type.Boolean({
      description:
        'Whether the peak is known in advance, so that tasks, table and quota are raised for it.',
    }),
    rise_minutes: Type.Number({
      minimum: 1,
      maximum: 120,
      description: 'Time from the average to the peak.',
    }),
    ...optional(DeploymentOfShop),
  },
  {
    additionalProperties: false,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A shop of pushcart compare --shop and pushcart report --shop',
  },
)

export type Shop = Readonly<Omit<Static<typeof SHOP_SCHEMA>, '$schema'>>

/** What the keys of a shop's deployment are, as far as its owner can change it. */
export type DeploymentKey = keyof typeof DeploymentOfShop

export const DEPLOYMENT_KEYS = Object.keys(DeploymentOfShop) as readonly DeploymentKey[]

const USUAL = {
  adds_per_visit: 4,
  gets_per_visit: 5,
  lines_per_cart: 5,
  visit_minutes: 5,
  kept_days: 30,
  regions: 1,
  prepared: false,
  rise_minutes: 10,
} as const

const MINUTES_PER_DAY = 1440

/** Four typical shops, ascending, by the name that `--shop` takes. */
export const PRESETS = {
  startup: {
    ...USUAL,
    name: 'Startup',
    shoppers_per_day: 100,
    peak_factor: 10,
    growth_per_year: 1,
  },
  growing: {
    ...USUAL,
    name: 'Growing business',
    shoppers_per_day: 10_000,
    peak_factor: 10,
    growth_per_year: 0.5,
  },
  spike: {
    ...USUAL,
    name: 'Traffic spike',
    // 50,000 concurrent shoppers on average, 1,000,000 at the peak.
    shoppers_per_day: (50_000 * MINUTES_PER_DAY) / USUAL.visit_minutes,
    peak_factor: 20,
    prepared: true,
    rise_minutes: 5,
    growth_per_year: 0.2,
  },
  global: {
    ...USUAL,
    name: 'Global platform',
    shoppers_per_day: 5_000_000,
    peak_factor: 5,
    regions: 3,
    growth_per_year: 0.2,
  },
} as const satisfies Readonly<Record<string, Shop>>

export type PresetName = keyof typeof PRESETS

/** The shop whose values a file or a list of assignments completes. */
export const BASE_PRESET: PresetName = 'growing'
