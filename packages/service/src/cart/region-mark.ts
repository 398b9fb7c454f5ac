import { crc32 } from 'node:zlib'
import { parse, stringify } from 'uuid'
import { newCartId, parseCartId } from './ids.ts'

/**
 * The mark of a region in the id of a cart: the last three bytes, which are random otherwise, are a checksum of the bytes before and the
 * name of the region that made the id. The id stays a UUID of version 7 with 50 random bits (RFC 9562, 6.4, allows node ids there). So
 * every region knows where a cart belongs before it has a copy of it, and nothing that a write could change says it.
 *
 * By chance, one in 17 million ids without a mark has the mark of a given region. All regions then agree on that region.
 */
const MARKED_FROM = 13

/** A new cart id with the mark of `region`, and without that of any of `others`. `newId`: makes an id without a mark. */
export function markedCartId(
  now: number,
  region: string,
  others: readonly string[],
  newId = newCartId,
): string {
  for (;;) {
    const bytes = parse(newId(now))
    bytes.set(checksum(bytes, region), MARKED_FROM)
    if (!others.some((other) => hasMark(bytes, other))) return stringify(bytes)
  }
}

/** The first of `regions` whose mark the id has; `undefined` without one, or if `id` is not a UUID. */
export function markOf(id: string, regions: readonly string[]): string | undefined {
  if (parseCartId(id) === undefined) return undefined
  const bytes = parse(id)
  return regions.find((region) => hasMark(bytes, region))
}

function hasMark(bytes: Uint8Array, region: string): boolean {
  return checksum(bytes, region).every((byte, i) => byte === bytes[MARKED_FROM + i])
}

function checksum(bytes: Uint8Array, region: string): number[] {
  const sum = crc32(region, crc32(bytes.subarray(0, MARKED_FROM)))
  return [sum & 0xff, (sum >> 8) & 0xff, (sum >> 16) & 0xff]
}
