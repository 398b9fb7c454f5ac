import { randomUUID } from 'node:crypto'
import { idKey } from '../../cart/ids.ts'
import { canonicalText } from '../../cart/image.ts'
import {
  claimed,
  created,
  NOTHING_KNOWN,
  placed,
  type Residence,
  released,
  sealed,
  settled,
} from '../../cart/residence.ts'
import type { Member, MoveControl, MoveRecord, Residences } from '../residences.ts'

export type Records = Map<string, Residence>

/** The pure functions of `cart/residence.ts` on a map: the model with which tests compare the other stores. */
export function openMemoryResidences(records: Records): Residences {
  const identity = randomUUID()
  const recordOf = (cartId: string) => records.get(cartId) ?? NOTHING_KNOWN

  function write(cartId: string, next: Residence | undefined): boolean {
    if (next !== undefined) records.set(cartId, next)
    return next !== undefined
  }

  return {
    look: async (cartId) => recordOf(cartId),
    async seal(cartId, seen, hop) {
      const seal = sealed(recordOf(cartId), seen, hop)
      write(cartId, seal)
      return seal
    },
    place: async (state, hop) => write(state.cartId, placed(recordOf(state.cartId), state, hop)),
    settle: async (cartId, hop, trace) => write(cartId, settled(recordOf(cartId), hop, trace)),
    create: async (state, hop, now) =>
      write(state.cartId, created(recordOf(state.cartId), state, hop, now)),
    async claim({ cartId }, hop, now) {
      write(cartId, claimed(recordOf(cartId), hop, now))
      return recordOf(cartId)
    },
    async release(cartId, hop) {
      if (released(recordOf(cartId), hop) !== undefined) records.delete(cartId)
    },
    async sealedOf(customerKey) {
      return [...records]
        .filter(([, record]) => record.at === 'sealed')
        .filter(([, record]) => 'state' in record && idKey(record.state.customerId) === customerKey)
        .map(([cartId]) => cartId)
    },
    async scan({ after = '', limit }) {
      const all = [...records]
        .filter(([cartId]) => cartId > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
      const page = all.slice(0, limit).map(([cartId, record]) => ({ cartId, record }))
      return { records: page, next: all.length > limit ? page.at(-1)?.cartId : undefined }
    },
    sizeOf: (state) => Buffer.byteLength(canonicalText(state)),
    maxSize: Number.POSITIVE_INFINITY,
    unitsOf: () => null,
    identity: async () => `memory ${identity}`,
    missingRights: async () => [],
    control: openMemoryControl(),
  }
}

function openMemoryControl(): MoveControl {
  const members = new Map<string, Member>()
  let current: MoveRecord | undefined
  return {
    read: async () => current,
    async write(record, epoch) {
      if (current?.epoch !== epoch) return false
      current = record
      return true
    },
    async renew(member) {
      members.set(member.id, member)
    },
    async remove(id, renewals) {
      if (renewals === undefined || members.get(id)?.renewals === renewals) members.delete(id)
    },
    members: async () => [...members.values()],
    async fence() {},
    async unfence() {},
  }
}
