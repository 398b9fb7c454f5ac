import { isDeepStrictEqual } from 'node:util'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Cart, NewLine } from '../../cart/cart.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { fixedPart, itemOf, number, orderKey, productKey } from './item.ts'

/** An update of one item and the condition under which it may be made. */
export interface Update {
  readonly update: string
  readonly condition: string
  readonly names: Record<string, string>
  readonly values: Record<string, AttributeValue>
}

/**
 * Most lines that one update adds without a look at the cart. An expression holds 4 KB and 300
 * operators; 25 lines take 2.9 KB and 152 operators in the update, 2.3 KB and 161 in the condition.
 */
export const ONE_UPDATE_LINES = 25

/** Whether `addUpdate` can add these lines. */
export function fitsOneUpdate(lines: readonly NewLine[]): boolean {
  return lines.length <= ONE_UPDATE_LINES
}

/**
 * Adds lines to whatever the cart holds.
 *
 * Its condition never lets through what the rules forbid. It refuses more than they do in one case:
 * some of several products are new, and the cart has room for fewer new ones than all of them.
 */
export function addUpdate(
  lines: readonly NewLine[],
  { now, expiresAt, limits }: ChangeOptions,
): Update {
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
  return {
    update: `SET ${sets.join(', ')}, updated_at = :now, expires_at = :expires ADD version :one, units :units`,
    condition: [
      ACTIVE,
      ...fits,
      `(size(qty) <= :lines_before OR size(qty) <= :most_lines AND ${known.join(' AND ')})`,
      'units <= :units_before',
    ].join(' AND '),
    names,
    values,
  }
}

/** Turns the cart into an order, which takes it out of TTL and into the index of orders. */
export function checkoutUpdate(cartId: string, now: number): Update {
  return {
    update:
      'SET #status = :checked_out, updated_at = :now, ordered_at = :now, order_key = :order_key ' +
      'REMOVE expires_at ADD version :one',
    condition: `${ACTIVE} AND units > :zero`,
    names: { '#status': 'status' },
    values: {
      ':active': { S: 'active' },
      ':checked_out': { S: 'checked_out' },
      ':now': number(now),
      ':now_s': seconds(now),
      ':order_key': { S: orderKey({ orderedAt: now, cartId }) },
      ':zero': number(0),
      ':one': number(1),
    },
  }
}

/** Makes `before` into `after`, provided that nothing has changed since `before` was read. */
export function versionUpdate(before: Cart, after: Cart): Update {
  const [old, next] = [itemOf(before), itemOf(after)]
  const changed = Object.entries(next).filter(([name, to]) => !isDeepStrictEqual(to, old[name]))
  const gone = Object.keys(old).filter((name) => !(name in next))
  const set = changed.map(([name]) => `#${name} = :${name}`).join(', ')
  const remove = gone.map((name) => `#${name}`).join(', ')
  const names = [...changed.map(([name]) => name), ...gone]
  return {
    update: remove === '' ? `SET ${set}` : `SET ${set} REMOVE ${remove}`,
    condition: '#version = :seen',
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: {
      ...Object.fromEntries(changed.map(([name, to]) => [`:${name}`, to])),
      ':seen': number(before.version),
    },
  }
}

// `status` is the one reserved word among the names; an item that is not there meets no comparison.
const ACTIVE = '#status = :active AND expires_at > :now_s'

/** Whole seconds: `now < expires_at * 1000` and `floor(now / 1000) < expires_at` are the same. */
function seconds(now: number) {
  return number(Math.floor(now / 1000))
}
