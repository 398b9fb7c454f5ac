import { createHash } from 'node:crypto'
import type { LoadSpec } from '../../results/load-spec.ts'
import { OPERATIONS } from '../../results/operations.ts'
import { openSchedule } from './schedule.ts'

/** Maximum number of hashed steps; the fields of the spec determine the rest. A million takes about a second. */
export const HASHED_STEPS = 1_000_000
/** The same of a closed loop, which has no end. */
export const HASHED_ENDLESS_STEPS = 10_000

const FORMAT = 'pushcart load schedule 2'
const BATCH = 1024

/**
 * SHA-256, in hex, of a spec's schedule: one JSON array per line, first the format and the fields that determine the
 * schedule, then the steps `[at, operation, slot, customer, product, quantity]`. Two runs with the same hash replayed the
 * same operations on the same carts with the same payloads at the same intended times. Connections and timeout are not
 * included, since they determine the execution only; neither is the warm-up, whose length varies.
 */
export function scheduleHash(spec: LoadSpec): string {
  const hash = createHash('sha256')
  hash.update(`${JSON.stringify([FORMAT, ...decidingFields(spec)])}\n`)
  const schedule = openSchedule(spec)
  const endless = spec.loop === 'closed' && spec.operations === null
  const most = endless ? HASHED_ENDLESS_STEPS : HASHED_STEPS
  let lines = ''
  for (let count = 1; count <= most; count++) {
    const step = schedule.next()
    if (step === null) break
    const { at, operation, slot, customerId, productId, quantity } = step
    const fields = [at, OPERATIONS.indexOf(operation), slot, customerId, productId, quantity]
    lines += `${JSON.stringify(fields)}\n`
    if (count % BATCH === 0) {
      hash.update(lines)
      lines = ''
    }
  }
  return hash.update(lines).digest('hex')
}

function decidingFields(spec: LoadSpec) {
  const { connections: _, timeout_ms: __, warmup_s: ___, ...deciding } = spec
  return Object.entries(deciding).sort(([a], [b]) => (a < b ? -1 : 1))
}
