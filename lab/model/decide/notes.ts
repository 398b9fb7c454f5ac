import type { StoreName } from '../terms/stores.ts'

/** How evidence was derived from a comparison, where a reader has to know it. */
export type EvidenceNote =
  /** A side on a store that no decision is about. */
  | { readonly kind: 'ignored_side'; readonly label: string }
  | {
      /** One of several sides on a store stands for that store. */
      readonly kind: 'chosen_side'
      readonly store: StoreName
      readonly sides: number
      readonly label: string
      /** Whether single operations were measured. */
      readonly probed: boolean
    }
  /** A write unit was added per index entry, which the emulator does not count. */
  | { readonly kind: 'index_writes_added' }
  | {
      /** DynamoDB's bytes per cart were inferred from the write units of a growing cart. */
      readonly kind: 'bytes_from_units'
      readonly lines: number
      /** Bytes added per item and index entry. */
      readonly overhead_bytes: number
    }
