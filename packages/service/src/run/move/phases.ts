import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../../config/config-error.ts'
import { isBound, isOver, OTHER_DESTINATION } from '../../store/moving/binding.ts'
import { LEASE, type LeaseTimes } from '../../store/moving/lease.ts'
import { actorsOf } from '../../store/moving/movers.ts'
import type { Pair } from '../../store/moving/pair.ts'
import type { MoveControl, MoveRecord } from '../../store/residences.ts'

/** What a change of the phase waits for, for progress lines. */
export interface Waiting {
  readonly phase: string
  readonly instances: number
}

export interface PhaseOptions {
  readonly pair: Pair
  readonly times?: LeaseTimes
  readonly elapsed?: () => number
  readonly signal?: AbortSignal | undefined
  readonly waiting?: (waiting: Waiting) => void
}

/** The record of the move in the source, made if there is none. Touches nothing else. */
export async function recordOf({ pair }: PhaseOptions): Promise<MoveRecord> {
  const { control } = pair.source.residences
  const known = await control.read()
  if (known?.role === 'source') return known
  requireNoDestination(known)
  const fresh: MoveRecord = {
    storeId: known?.storeId ?? randomUUID(),
    role: 'source',
    moveId: randomUUID(),
    peerId: '',
    peer: pair.destination.kind,
    phase: 'stay',
    epoch: (known?.epoch ?? 0) + 1,
    frozen: false,
    paused: false,
    progress: null,
  }
  if (await control.write(fresh, known?.epoch)) return fresh
  return recordOf({ pair })
}

/**
 * Changes the record of a move, and its copy in the destination. Then waits until every instance and mover acts by it or has lost its
 * lease; those are removed, and register again when they continue.
 *
 * @param change the parts to change; `undefined` when nothing is to change
 */
export async function changeRecord(
  options: PhaseOptions,
  change: (record: MoveRecord) => Partial<MoveRecord> | undefined,
): Promise<MoveRecord> {
  const { control } = options.pair.source.residences
  for (;;) {
    const record = await recordOf(options)
    const parts = change(record)
    const next = parts === undefined ? record : { ...record, ...parts, epoch: record.epoch + 1 }
    if (parts !== undefined && !(await control.write(next, record.epoch))) continue
    requireBinding(next, await mirror(options.pair, next))
    await acknowledged(options, next)
    return next
  }
}

/**
 * The copy in the destination, by which it refuses to be used as a main database. A copy that is there already keeps its
 * identity.
 *
 * @throws ConfigError when the destination takes part in another move
 */
export async function mirror(
  { source, destination }: Pair,
  record: MoveRecord,
): Promise<MoveRecord> {
  const { control } = destination.residences
  for (;;) {
    const known = await control.read()
    requireFree(record, known)
    if (known?.moveId === record.moveId && known.epoch >= record.epoch) return known
    const copy: MoveRecord = {
      ...record,
      role: 'destination',
      storeId: known?.storeId ?? randomUUID(),
      peerId: record.storeId,
      peer: source.kind,
    }
    if (await control.write(copy, known?.epoch)) return copy
  }
}

/**
 * @param known of the source
 * @throws ConfigError when the source is the destination of a move that has not finished
 */
export function requireNoDestination(known: MoveRecord | undefined): void {
  if (known?.role === 'destination' && !isOver(known))
    throw new ConfigError(
      'The source is the destination of a move that has not finished: exchange the settings, or finish that move first',
    )
}

/**
 * @param record of the source
 * @param known of the destination
 * @throws ConfigError when the destination takes part in another move
 */
export function requireFree(record: MoveRecord | undefined, known: MoveRecord | undefined): void {
  if (known === undefined || isOver(known)) return
  if (known.moveId === record?.moveId && known.role === 'destination') return
  throw new ConfigError(
    known.role === 'source'
      ? `The destination is the source of a move to ${known.peer} that has not finished`
      : `The destination is that of another move, from ${known.peer}, which has not finished`,
  )
}

/**
 * @param record of the source
 * @param copy of the destination
 * @throws ConfigError when the move has begun with another destination
 */
export function requireBinding(record: MoveRecord, copy: MoveRecord | undefined): void {
  if (record.phase !== 'stay' && !isBound(record, copy)) throw new ConfigError(OTHER_DESTINATION)
}

async function acknowledged(options: PhaseOptions, { epoch, phase }: MoveRecord): Promise<void> {
  const { pair, times = LEASE, elapsed = () => performance.now(), signal, waiting } = options
  const { control } = pair.source.residences
  const seen = new Map<string, { readonly renewals: number; readonly since: number }>()
  for (;;) {
    signal?.throwIfAborted()
    const late = actorsOf(await control.members()).filter((member) => member.epoch < epoch)
    if (late.length === 0) return
    waiting?.({ phase, instances: late.length })
    for (const { id, renewals } of late) await evictIfSilent(control, id, renewals)
    await sleep(Math.min(250, times.renewMs / 4), undefined, { signal })
  }

  async function evictIfSilent(from: MoveControl, id: string, renewals: number): Promise<void> {
    const known = seen.get(id)
    if (known?.renewals !== renewals) seen.set(id, { renewals, since: elapsed() })
    else if (elapsed() - known.since > times.leaseMs + times.marginMs)
      await from.remove(id, renewals)
  }
}
