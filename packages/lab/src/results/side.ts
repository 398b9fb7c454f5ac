import Type from 'typebox'
import { amountOrNull, object, orNull, type Shape, text } from './shape.ts'

const STORES = ['postgres', 'dynamodb', 'memory'] as const

/** One of the two or three deployments that are compared. */
export const SideSchema = object({
  key: Type.String({
    pattern: '^[a-z0-9][a-z0-9-]*$',
    description: 'Value of `database` in every record of this deployment.',
  }),
  label: text('Its name for people. Users choose it, so renderers escape it.'),
  store: orNull(Type.Enum([...STORES]), 'As the service reports it.'),
  engine: orNull(
    Type.Enum(['embedded', 'external']),
    'Whether the service started its database; null where it does not report it.',
  ),
  read_consistency: orNull(Type.Enum(['eventual', 'strong'])),
  emulator: Type.Boolean({
    description: 'An emulator serves as DynamoDB: its latencies are not DynamoDB latencies.',
  }),
  layout: Type.Optional(
    orNull(
      Type.Enum(['rows', 'document']),
      'PostgreSQL: a row per line, or all lines in the row of the cart; null or absent where not reported.',
    ),
  ),
  address: orNull(
    Type.String(),
    'URL of the service; null for a service that the comparison started.',
  ),
  database_version: orNull(Type.String(), 'Name and release of the database, where known.'),
  durability: orNull(Type.String(), 'What an acknowledged write survives, where known.'),
  pool_size: Type.Optional(
    amountOrNull('Maximum connections to the database; null or absent where not reported.'),
  ),
})

export type Side = Shape<typeof SideSchema>

export type StoreKind = (typeof STORES)[number]

/** The label of all figures that an emulator produced. */
export const EMULATOR_WORDS = 'emulator: not DynamoDB performance'

/** Reads a store's name as a service reports it; `null` for anything else. */
export function parseStoreKind(value: unknown): StoreKind | null {
  return STORES.find((store) => store === value) ?? null
}

/** The name of a store in the report. The rows layout is not named, because most PostgreSQL services have it. */
export function storeLabel(
  store: StoreKind,
  readConsistency: Side['read_consistency'] = null,
  layout: Side['layout'] = null,
): string {
  // No default: a new store has to be named here.
  switch (store) {
    case 'postgres':
      return layout === 'document' ? 'PostgreSQL (document)' : 'PostgreSQL'
    case 'memory':
      return 'Memory store'
    case 'dynamodb':
      return readConsistency === null ? 'DynamoDB' : `DynamoDB (${readConsistency} reads)`
  }
}

/** Derives a key from a label: lower-case letters and digits, joined by hyphens; `fallback` if none remain. */
export function sideKey(label: string, fallback: string): string {
  const key = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return key === '' ? fallback : key
}

/** Name of the file with the 150 records of this deployment. Safe on every file system. */
export function resultsFileName(side: Pick<Side, 'key'>): string {
  return `${side.key.replaceAll('-', '_')}_results.json`
}
