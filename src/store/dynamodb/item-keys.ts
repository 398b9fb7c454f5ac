import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeyRecord } from '../../cart/idempotency.ts'
import { type Item, numberIn } from './attributes.ts'

/**
 * The idempotency keys of a cart in its item.
 *
 *     key_version  { <id>: N }                the version that the change made
 *     key_info     [ "<fingerprint>.<time>" ] of each key, in the order of those versions; milliseconds in base 36
 *
 * Apart, because an update knows the version it makes only as `version + 1`, which can be a value of its own but not
 * part of a larger one. A list, because it is appended to in the order of versions anyway: 58 bytes a key, of which
 * every write pays for all; a second map, which would name each key again, makes it 86. Both are there, if
 * empty, from the start: no update can make a map and an entry in it.
 */
export function keysOf(
  keys: readonly KeyRecord[],
): Record<'key_version' | 'key_info', AttributeValue> {
  const inOrder = [...keys].sort((a, b) => a.version - b.version)
  const versions = inOrder.map(({ id, version }) => [id, { N: String(version) }] as const)
  return { key_version: { M: Object.fromEntries(versions) }, key_info: { L: inOrder.map(keyInfo) } }
}

/** The keys in `item`, in order of version; none where it was made before there were any. */
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

/** What is known of a key before its change is made. */
export function keyInfo({ fingerprint, at }: Pick<KeyRecord, 'fingerprint' | 'at'>) {
  return { S: `${fingerprint}.${at.toString(36)}` }
}
