import type { HistoryHeader, Operation } from '@pushcart/histories'
import type { AccessData } from '../../cart-api/access-data.ts'
import type { Abilities } from '../../consistency/record/abilities.ts'
import type { CheckTotals, FindingEvent, Traffic } from '../protocol.ts'

/** What a load thread starts with. */
export interface LoadThreadData {
  readonly url: string
  readonly access: AccessData
  readonly abilities: Abilities
  readonly seed: number
  /** `process.hrtime.bigint()` when the page's server started, as text. */
  readonly started: string
  /** Customers of this side are numbered from here. */
  readonly customers: number
}

export type ToLoad =
  | { readonly type: 'shoppers'; readonly shoppers: number; readonly mix: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'faults'; readonly faults: readonly string[] }
  | { readonly type: 'stop' }

/** Sent every FRAME_MS, and the operations of each cart once shoppers have finished with it. */
export type FromLoad =
  | { readonly type: 'tally'; readonly tally: Traffic }
  | { readonly type: 'cart'; readonly operations: readonly Operation[] }

/** A finished cart for the check thread. */
export interface CartToCheck {
  readonly side: string
  readonly header: HistoryHeader
  readonly operations: readonly Operation[]
}

/** What the check of one cart found; `totals` is to be added to those of the side. */
export interface CheckedCart {
  readonly side: string
  readonly totals: CheckTotals
  readonly findings: readonly Omit<FindingEvent, 'at' | 'side'>[]
}
