/** One of the two or three deployments that are compared. */
export interface Side {
  /** Value of `database` in every record of this side: lower-case letters, digits, hyphens. */
  readonly key: string
  /** What people read. May come from the user, so renderers escape it. */
  readonly label: string
  /** Which database answers, as the service itself says; `null` when it does not say. */
  readonly store: StoreKind | null
  /** Whether the service started its own database; `null` when it does not say. */
  readonly engine: 'embedded' | 'external' | null
  readonly read_consistency: 'eventual' | 'strong' | null
  /** True when something other than DynamoDB plays DynamoDB, so that its speed says nothing about DynamoDB's. */
  readonly emulator: boolean
  /** Where the service was reached; `null` for a service that the comparison started itself. */
  readonly address: string | null
  /** Name and release of the database, as far as it is known. */
  readonly database_version: string | null
  /** What an acknowledged write has survived, as far as it is known. */
  readonly durability: string | null
  /** Most connections of the service to its database; `null` or absent where it does not say. */
  readonly pool_size?: number | null
}

export type StoreKind = 'postgres' | 'dynamodb' | 'memory'

/** The words that stand wherever figures of an emulator stand. */
export const EMULATOR_WORDS = 'emulator: not DynamoDB performance'

/** Reads a store's name as a service reports it; `null` for anything else. */
export function parseStoreKind(value: unknown): StoreKind | null {
  return value === 'postgres' || value === 'dynamodb' || value === 'memory' ? value : null
}

/** How a store is called in the report. */
export function storeLabel(
  store: StoreKind,
  readConsistency: Side['read_consistency'] = null,
): string {
  if (store === 'postgres') return 'PostgreSQL'
  if (store === 'memory') return 'Memory store'
  return readConsistency === null ? 'DynamoDB' : `DynamoDB (${readConsistency} reads)`
}

/** A key made of a label: what is left of it in lower case, hyphens between; `fallback` if nothing is. */
export function sideKey(label: string, fallback: string): string {
  const key = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return key === '' ? fallback : key
}

/** Name of the file with this side's 150 records. Safe on every file system. */
export function resultsFileName(side: Pick<Side, 'key'>): string {
  return `${side.key.replaceAll('-', '_')}_results.json`
}
