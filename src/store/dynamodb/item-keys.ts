import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeyRecord } from '../../cart/idempotency.ts'
import { type Item, numberIn } from './attributes.ts'

/**
 * The idempotency keys of a cart in its item.
 *
 *     key_version  { <id>: N }                the version that the change made
 *     key_info     [ "<fingerprint>.<time>" ] of each key, in the order of versions; milliseconds in base 36
 *
 * Two attributes, because an update knows its version only as `version + 1`, which can be a value but not part of a larger
 * value. `key_info` is a list, because updates append in the order of versions anyway: a key takes 58 bytes, for which every
 * write pays; with a second map, which repeats the id, it would take 86. Both exist from the start, because no update can
 * create a map and an entry in it.
 */
export function keysOf(
  keys: readonly KeyRecord[],
): Record<'key_version' | 'key_info', AttributeValue> {
  const inOrder = [...keys].sort((a, b) => a.version - b.version)
  const versions = inOrder.map(({ id, version }) => [id, { N: String(version) }] as const)
  return { key_version: { M: Object.fromEntries(versions) }, key_info: { L: inOrder.map(keyInfo) } }
}

/** The keys in `item`, in order of version; none in an item from before there were keys. */
export function keysIn(item: Item): KeyRecord[] {
  const versions = item.key_version?.M ?? {}
  const infos = item.key_info?.L ?? []
  const ids = Object.keys(versions)
  if (ids.length !== infos.length) throw new Error('The cart\'s item has no usable "key_info"')
  return ids
    .map((id) => ({ id, version: numberIn(versions, id) }))
    .sort((a, b) => a.version - b.version)
    .map((key, i) => {
      const [fingerprint = '', at = ''] = infos[i]?.S?.split('.') ?? []
      return { ...key, fingerprint, at: Number.parseInt(at, 36) }
    })
}

/** The part of a record that is known before the change is made. */
export function keyInfo({ fingerprint, at }: Pick<KeyRecord, 'fingerprint' | 'at'>) {
  return { S: `${fingerprint}.${at.toString(36)}` }
}
