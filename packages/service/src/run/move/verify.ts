import { isVisible } from '../../cart/cart.ts'
import { digestOf } from '../../cart/image.ts'
import type { Residence, Trace } from '../../cart/residence.ts'
import type { Pair } from '../../store/moving/pair.ts'
import { readPatiently } from './persistence.ts'
import { eachRecord } from './records.ts'

/** What became of the carts of the source. `ok` if none is missing or different. */
export interface Verification {
  readonly ok: boolean
  /** In the destination, exactly as they left. */
  readonly same: number
  /** In the destination, with a later version. */
  readonly changed: number
  /** Created in the destination. */
  readonly created: number
  /** Expired since they left, and removed. */
  readonly expired: number
  /** Still in the source, and sealed. */
  readonly unmoved: number
  readonly sealed: number
  readonly missing: readonly string[]
  readonly different: readonly string[]
}

const MAX_NAMED = 100
/** Carts of the destination that are read at a time. DynamoDB is asked for them in batches. */
const WORKERS = 64

/**
 * Compares every cart of the source with its image in the destination: by digest, if it has not changed since it arrived;
 * otherwise by version and owner. Changes nothing.
 *
 * @param now by the clock of the source, milliseconds since the epoch
 */
export async function verify(pair: Pair, now: number, signal: AbortSignal): Promise<Verification> {
  const counts = { same: 0, changed: 0, created: 0, expired: 0, unmoved: 0, sealed: 0 }
  const missing: string[] = []
  const different: string[] = []
  const note = (list: string[], cartId: string) => {
    if (list.length < MAX_NAMED) list.push(cartId)
  }

  await eachRecord(pair, 'source', { workers: WORKERS, signal }, async (cartId, record, stop) => {
    const look = () => fateOf(pair, cartId, record, now)
    const fate = await readPatiently(look, { signal: stop })
    if (fate === 'missing') note(missing, cartId)
    else if (fate === 'different') note(different, cartId)
    else if (fate !== 'nothing') counts[fate] += 1
  })
  return { ok: missing.length === 0 && different.length === 0, ...counts, missing, different }
}

type Fate =
  | 'same'
  | 'changed'
  | 'created'
  | 'expired'
  | 'unmoved'
  | 'sealed'
  | 'missing'
  | 'different'
  | 'nothing'

async function fateOf(pair: Pair, cartId: string, record: Residence, now: number): Promise<Fate> {
  if (record.at === 'here') return isVisible(record.state, now) ? 'unmoved' : 'expired'
  if (record.at === 'sealed') return 'sealed'
  if (record.at === 'absent') return 'nothing'
  if (record.trace === null) return 'created'
  return compared(record.trace, await pair.destination.residences.look(cartId), now)
}

function compared(trace: Trace, image: Residence, now: number): Fate {
  const isExpired = trace.expiresAt !== null && trace.expiresAt <= now
  if (image.at !== 'here') return isExpired && image.at === 'absent' ? 'expired' : 'missing'
  const { state } = image
  if (state.version > trace.version) return 'changed'
  if (state.version === trace.version && digestOf(state) === trace.digest) return 'same'
  return isExpired ? 'expired' : 'different'
}
