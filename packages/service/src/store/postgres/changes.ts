import type { NewLine } from '../../cart/cart.ts'
import { CartError, ERRORS, type ErrorCode } from '../../cart/errors.ts'
import { KEY_LIFETIME_MS, KEYS_LEFT, MAX_KEYS } from '../../cart/idempotency.ts'
import { type EntityId, idFromKey, idKey, parseCartId } from '../../cart/ids.ts'
import {
  cartMergesLimit,
  MAX_ABSORBED,
  type MergeOptions,
  sourceNotFound,
} from '../../cart/merge.ts'
import {
  type Changed,
  type ChangeTerms,
  cartLinesLimit,
  cartUnitsLimit,
  lineQuantityLimit,
  preconditionFailed,
} from '../../cart/rules.ts'

/** A call of the SQL function `change_cart` (`migrations/0006_currency_and_clock.sql`). */
export type Change =
  | { readonly do: 'add' | 'set'; readonly lines: readonly NewLine[] }
  | { readonly do: 'remove'; readonly productId: EntityId }
  | { readonly do: 'empty' | 'delete' | 'checkout' }
  | ({ readonly do: 'merge' } & MergeOptions)

/** The parameters of `CHANGE_CART`, in their order. */
export function changeValues(cartId: string, change: Change, terms: ChangeTerms): unknown[] {
  const { now, expiresAt, limits, key, currency } = terms
  return [
    change.do,
    cartId,
    now,
    expiresAt,
    ...lineColumns(change),
    limits.maxLineQuantity,
    limits.maxLines,
    limits.maxUnits,
    versionsOf(change, terms),
    key?.id,
    key?.fingerprint,
    KEY_LIFETIME_MS,
    MAX_KEYS,
    KEYS_LEFT,
    ...mergeColumns(change),
    currency.code,
    currency.digits,
  ]
}

function lineColumns(change: Change): unknown[] {
  if (change.do === 'remove') return [[idKey(change.productId)], null, null, null]
  if (change.do !== 'add' && change.do !== 'set') return [null, null, null, null]
  const { lines } = change
  return [
    lines.map((line) => idKey(line.productId)),
    lines.map((line) => line.productName),
    lines.map((line) => line.unitPrice),
    lines.map((line) => line.quantity),
  ]
}

function mergeColumns(change: Change): unknown[] {
  if (change.do !== 'merge') return [null, null, null]
  const { fromCartId, strategy } = change
  return [isIssuable(fromCartId) ? fromCartId : null, strategy, MAX_ABSORBED]
}

/** Only safe integers: no cart has another version, and PostgreSQL would reject the number. */
function versionsOf(change: Change, { ifVersion }: ChangeTerms): readonly number[] | undefined {
  return change.do === 'merge' ? undefined : ifVersion?.filter(Number.isSafeInteger)
}

/** Whether a store can have issued this id. PostgreSQL rejects strings that are not UUIDs, and ignores the case of UUIDs. */
export function isIssuable(cartId: string): boolean {
  return parseCartId(cartId) === cartId
}

/** A row of `CHANGE_CART`. */
export interface ChangeRow {
  readonly outcome: string
  readonly new_version: number
  /** With LINE_QUANTITY_LIMIT: the product that exceeds the limit. */
  readonly product_id: string | null
}

/** The result of a change; throws when the outcome is a refusal. */
export function changed(row: ChangeRow | undefined, { limits }: ChangeTerms): Changed {
  switch (row?.outcome) {
    case 'CHANGED':
      return { version: row.new_version, replayed: false }
    case 'REPLAYED':
      return { version: row.new_version, replayed: true }
    case 'PRECONDITION_FAILED':
      throw preconditionFailed(row.new_version)
    case 'LINE_QUANTITY_LIMIT':
      throw lineQuantityLimit(limits, idFromKey(row.product_id ?? ''))
    case 'CART_LINES_LIMIT':
      throw cartLinesLimit(limits)
    case 'CART_UNITS_LIMIT':
      throw cartUnitsLimit(limits)
    case 'SOURCE_NOT_FOUND':
      throw sourceNotFound()
    case 'CART_MERGES_LIMIT':
      throw cartMergesLimit()
    default:
      throw new CartError(isErrorCode(row?.outcome) ? row.outcome : 'INTERNAL_ERROR')
  }
}

function isErrorCode(value: string | undefined): value is ErrorCode {
  return value !== undefined && Object.hasOwn(ERRORS, value)
}
