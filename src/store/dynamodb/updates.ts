import { isDeepStrictEqual } from 'node:util'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { NewLine } from '../../cart/cart.ts'
import { MOST_KEYS } from '../../cart/idempotency.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { countIn, type Item, number, numberIn, seconds, textIn } from './attributes.ts'
import { keyInfo } from './item-keys.ts'
import { fixedPart, productKey } from './item-lines.ts'

/** An update of one item, and the conditions that all must hold for it to be made. */
export interface Update {
  readonly set: readonly string[]
  readonly remove?: readonly string[]
  readonly when: readonly string[]
  readonly names: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, AttributeValue>>
}

/**
 * Most lines that one update adds without a look at the cart. An expression holds 4 KB and 300
 * operators; 25 lines take 3.0 KB and 160 operators in the update, 2.4 KB and 166 in the condition.
 */
export const ONE_UPDATE_LINES = 25

/** Whether `addUpdate` can add these lines. */
export function fitsOneUpdate(lines: readonly NewLine[]): boolean {
  return lines.length <= ONE_UPDATE_LINES
}

/**
 * Adds lines to whatever the cart holds.
 *
 * Its condition never lets through what the rules forbid. It refuses more than they do in two cases: some of
 * several products are new, and the cart has room for fewer new ones than all of them; and see `recording`.
 */
export function addUpdate(lines: readonly NewLine[], change: ChangeOptions): Update {
  const { now, expiresAt, limits } = change
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
  }
  const sets: string[] = []
  const fits: string[] = []
  const known: string[] = []
  lines.forEach((line, i) => {
    names[`#p${i}`] = productKey(line.productId)
    values[`:q${i}`] = number(line.quantity)
    values[`:l${i}`] = fixedPart({ ...line, createdAt: now })
    values[`:b${i}`] = number(limits.maxLineQuantity - line.quantity)
    sets.push(
      `qty.#p${i} = if_not_exists(qty.#p${i}, :zero) + :q${i}`,
      `line.#p${i} = if_not_exists(line.#p${i}, :l${i})`,
      `changed.#p${i} = :now`,
    )
    const isNew = `attribute_not_exists(qty.#p${i})`
    // A quantity that is too large even for a new line must not pass as one.
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
 * `update` with the record of its idempotency key, if it has one. Refused not only where the key is known, but
 * also where the cart has no room for a further one, and on an item of the time before there were keys.
 */
function recording(update: Update, { key, now }: ChangeOptions): Update {
  if (key === undefined) return update
  return {
    ...update,
    // What is read on the right is the item as it was.
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
      ':most_keys': number(MOST_KEYS),
    },
  }
}

/**
 * Makes the item `seen` into `next`, provided that no change has come in between. The version tells, together
 * with the time of creation (an expired cart may be replaced by a new one of its id, which counts from 1 again), the
 * thaws (each takes the version one back, see `merge.ts`) and, in the middle of a merge, the term.
 */
export function versionUpdate(seen: Item, next: Item): Update {
  const set = Object.entries(next).filter(([name, to]) => !isDeepStrictEqual(to, seen[name]))
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

/** The condition that a count, which is not there while it is 0, is the one in `seen`. */
export function sameCount(
  seen: Item,
  name: 'thaws' | 'merge_fence',
): Pick<Update, 'when' | 'values'> {
  const count = countIn(seen, name)
  if (count === 0) return { when: [`attribute_not_exists(${name})`], values: {} }
  return { when: [`${name} = :same_${name}`], values: { [`:same_${name}`]: number(count) } }
}

const STEP = 'version = version + :one'

// `status` is the one reserved word among the names; an item that is not there meets no comparison.
const ACTIVE = ['#status = :active', 'expires_at > :now_s']
