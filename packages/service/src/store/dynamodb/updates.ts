import { isDeepStrictEqual } from 'node:util'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { NewLine } from '../../cart/cart.ts'
import { MAX_KEYS } from '../../cart/idempotency.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { countIn, type Item, number, numberIn, seconds, textIn } from './attributes.ts'
import { COMPLETED } from './item-currency.ts'
import { keyInfo } from './item-keys.ts'
import { fixedPart, mapKey } from './item-lines.ts'

/** An update of one item, and the conditions that must all hold. */
export interface Update {
  readonly set: readonly string[]
  readonly remove?: readonly string[]
  readonly when: readonly string[]
  readonly names: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, AttributeValue>>
}

/**
 * Maximum number of lines that one update adds without reading the cart. An expression is limited to 4 KB and 300 operators;
 * 25 lines take 3.0 KB and 160 operators in the update, 2.4 KB and 166 operators in the condition.
 */
export const ONE_UPDATE_LINES = 25

/** Whether `addUpdate` can add these lines. */
export function fitsOneUpdate(lines: readonly NewLine[]): boolean {
  return lines.length <= ONE_UPDATE_LINES
}

/**
 * Adds lines to the cart without knowing its content.
 *
 * The condition never allows what the rules forbid. It refuses more than the rules in three cases: when some of several
 * products are new and the cart has room for fewer new products than there are lines; when the cart expires later than
 * `expiresAt`, because an update cannot take the maximum of two numbers; and those of `recording`.
 */
export function addUpdate(lines: readonly NewLine[], change: ChangeOptions): Update {
  const { now, expiresAt, limits, currency } = change
  const units = lines.reduce((sum, line) => sum + line.quantity, 0)
  const names: Record<string, string> = { '#status': 'status' }
  const values: Record<string, AttributeValue> = {
    ':active': { S: 'active' },
    ':now': number(now),
    ':now_s': seconds(now),
    ':expires': number(expiresAt / 1000),
    ':zero': number(0),
    ':one': number(1),
    ':units': number(units),
    ':most_lines': number(limits.maxLines),
    ':lines_before': number(limits.maxLines - lines.length),
    ':units_before': number(limits.maxUnits - units),
    ':currency': { S: currency.code },
    ':digits': number(currency.digits),
  }
  const sets: string[] = []
  const fits: string[] = []
  const known: string[] = []
  lines.forEach((line, i) => {
    names[`#p${i}`] = mapKey(line)
    values[`:q${i}`] = number(line.quantity)
    values[`:l${i}`] = fixedPart({ ...line, createdAt: now })
    values[`:b${i}`] = number(limits.maxLineQuantity - line.quantity)
    sets.push(
      `qty.#p${i} = if_not_exists(qty.#p${i}, :zero) + :q${i}`,
      `line.#p${i} = if_not_exists(line.#p${i}, :l${i})`,
      `changed.#p${i} = :now`,
    )
    const isNew = `attribute_not_exists(qty.#p${i})`
    // A quantity that exceeds the limit must not pass as a new line.
    fits.push(
      line.quantity <= limits.maxLineQuantity
        ? `(${isNew} OR qty.#p${i} <= :b${i})`
        : `qty.#p${i} <= :b${i}`,
    )
    known.push(`attribute_exists(qty.#p${i})`)
  })
  const update: Update = {
    set: [...sets, 'updated_at = :now', 'expires_at = :expires', 'units = units + :units', STEP],
    when: [
      ...ACTIVE,
      'expires_at <= :expires',
      'currency = :currency',
      'minor_digits = :digits',
      ...fits,
      `(size(qty) <= :lines_before OR size(qty) <= :most_lines AND ${known.join(' AND ')})`,
      'units <= :units_before',
    ],
    names,
    values,
  }
  return recording(update, change)
}

/**
 * `update` plus the record of its idempotency key, if it has one. The condition refuses a known key, a cart without room for
 * another key, and an item from before there were keys.
 */
function recording(update: Update, { key, now }: ChangeOptions): Update {
  if (key === undefined) return update
  return {
    ...update,
    // The right-hand sides read the item before the update.
    set: [
      ...update.set,
      'key_version.#key = version + :one',
      'key_info = list_append(key_info, :key)',
    ],
    when: [
      ...update.when,
      'attribute_not_exists(key_version.#key)',
      'size(key_version) < :most_keys',
    ],
    names: { ...update.names, '#key': key.id },
    values: {
      ...update.values,
      ':key': { L: [keyInfo({ ...key, at: now })] },
      ':most_keys': number(MAX_KEYS),
    },
  }
}

/**
 * Replaces the item `seen` by `next`, on the condition that it has not changed since. An item is identified by its version
 * together with the time of creation (a new cart that replaces an expired one starts at version 1 again), the number of thaws
 * (each decreases the version by 1, see `merge.ts`) and, during a merge, the term.
 */
export function versionUpdate(seen: Item, next: Item): Update {
  const set = Object.entries(next).filter(
    ([name, to]) => COMPLETED.includes(name) || !isDeepStrictEqual(to, seen[name]),
  )
  const remove = Object.keys(seen).filter((name) => !(name in next))
  const term = seen.merge_term === undefined ? undefined : textIn(seen, 'merge_term')
  const thaws = sameCount(seen, 'thaws')
  return {
    set: set.map(([name]) => `#${name} = :${name}`),
    remove: remove.map((name) => `#${name}`),
    when: [
      'version = :seen',
      'created_at = :made',
      ...thaws.when,
      ...(term === undefined ? [] : ['merge_term = :term']),
    ],
    names: Object.fromEntries([...set.map(([name]) => name), ...remove].map((n) => [`#${n}`, n])),
    values: {
      ...Object.fromEntries(set.map(([name, to]) => [`:${name}`, to])),
      ':seen': number(numberIn(seen, 'version')),
      ':made': number(numberIn(seen, 'created_at')),
      ...thaws.values,
      ...(term !== undefined && { ':term': { S: term } }),
    },
  }
}

/** The condition that a count is the same as in `seen`. The attribute is absent while the count is 0. */
export function sameCount(
  seen: Item,
  name: 'thaws' | 'merge_fence',
): Pick<Update, 'when' | 'values'> {
  const count = countIn(seen, name)
  if (count === 0) return { when: [`attribute_not_exists(${name})`], values: {} }
  return { when: [`${name} = :same_${name}`], values: { [`:same_${name}`]: number(count) } }
}

const STEP = 'version = version + :one'

// `status` is the only reserved word among the names. A missing item fulfils no comparison.
const ACTIVE = ['#status = :active', 'expires_at > :now_s']
