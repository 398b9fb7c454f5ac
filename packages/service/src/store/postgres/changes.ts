import type { Line, NewLine, UnsoldLine } from '../../cart/cart.ts'
import { CartError, ERRORS, type ErrorCode } from '../../cart/errors.ts'
import { KEY_LIFETIME_MS, KEYS_LEFT, MAX_KEYS } from '../../cart/idempotency.ts'
import { type EntityId, idKey, parseCartId } from '../../cart/ids.ts'
import { type LineIdentity, lineFromKey, lineKey } from '../../cart/line-key.ts'
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

/** A call of the SQL function `change_cart` (`migrations/0007_line_attributes.sql`). */
export type Change =
  | { readonly do: 'add'; readonly lines: readonly NewLine[] }
  | { readonly do: 'set'; readonly line: NewLine | UnsoldLine }
  | { readonly do: 'remove'; readonly productId: EntityId }
  | { readonly do: 'remove_line'; readonly line: LineIdentity }
  | { readonly do: 'replace'; readonly lines: readonly Line[] }
  | { readonly do: 'empty' | 'delete' | 'checkout' }
  | ({ readonly do: 'merge' } & MergeOptions)

/** One change of one cart. */
export interface SingleChange {
  readonly cartId: string
  readonly change: Change
  readonly terms: ChangeTerms
}

/** The parameters of `CHANGE_CART`, in their order. */
export function changeValues(cartId: string, change: Change, terms: ChangeTerms): unknown[] {
  const { now, expiresAt, limits, key, currency } = terms
  const lines = linesOf(change)
  return [
    change.do,
    cartId,
    now,
    expiresAt,
    keysOf(change),
    columnOf(lines, 'productName'),
    columnOf(lines, 'unitPrice'),
    columnOf(lines, 'quantity'),
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
    columnOf(lines, 'createdAt'),
    columnOf(lines, 'updatedAt'),
  ]
}

type LineColumns = UnsoldLine & Partial<Line>

function linesOf(change: Change): readonly LineColumns[] | null {
  if (change.do === 'set') return [change.line]
  return change.do === 'add' || change.do === 'replace' ? change.lines : null
}

function keysOf(change: Change): readonly string[] | null {
  if (change.do === 'remove') return [idKey(change.productId)]
  if (change.do === 'remove_line') return [lineKey(change.line)]
  return linesOf(change)?.map(lineKey) ?? null
}

/** The values of the lines; `null` if they do not have any. */
function columnOf(lines: readonly LineColumns[] | null, name: keyof Line): unknown[] | null {
  const values = lines?.map((line) => line[name])
  return values?.includes(undefined) ? null : (values ?? null)
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
  /** With LINE_QUANTITY_LIMIT: the key of the line that exceeds the limit. */
  readonly exceeding: string | null
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
      throw lineQuantityLimit(limits, lineFromKey(row.exceeding ?? '').productId)
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
