/** The stores that a decision is between, in the order in which they are shown. */
export const STORES = ['postgres', 'dynamodb'] as const

export type StoreName = (typeof STORES)[number]

/** Display names. */
export const STORE_NAMES: Readonly<Record<StoreName, string>> = {
  postgres: 'PostgreSQL',
  dynamodb: 'DynamoDB',
}

export function otherThan(store: StoreName): StoreName {
  return store === 'postgres' ? 'dynamodb' : 'postgres'
}

export function perStore<T>(value: (store: StoreName) => T): Readonly<Record<StoreName, T>> {
  return { postgres: value('postgres'), dynamodb: value('dynamodb') }
}
