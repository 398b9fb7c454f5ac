import { randomUUID } from 'node:crypto'
import { CartError } from '../../cart/errors.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { CartStore } from '../cart-store.ts'
import type { MovableStore, MoveRecord, Phase } from '../residences.ts'
import { isBound, OTHER_DESTINATION } from './binding.ts'
import { LEASE, type LeaseTimes } from './lease.ts'
import { MOVING_PARTS, type MovingParts } from './moving-parts.ts'
import type { Pair, PairEvents } from './pair.ts'
import { openRenewals } from './renewals.ts'

export interface PhasedOptions {
  /** The source as it is without a move. */
  readonly plain: MovableStore
  /** Opens both databases for a move. */
  readonly openPair: () => Promise<Pair>
  readonly events?: PairEvents | undefined
  readonly times?: LeaseTimes
  readonly parts?: MovingParts
  /** Milliseconds of a monotonic timer. */
  readonly elapsed?: () => number
  /** Receives failures of renewals. */
  readonly failed?: (error: unknown) => void
}

export interface PhasedStore extends CartStore {
  /** What this instance acts by. */
  state(): {
    readonly phase: Phase
    readonly epoch: number
    readonly record: MoveRecord | undefined
  }
}

/** How an instance acts in one phase. */
interface Mode {
  readonly phase: Phase
  readonly epoch: number
  record: MoveRecord | undefined
  readonly store: CartStore
  calls: number
  drained: (() => void) | undefined
}

/**
 * The store of an instance that takes part in a move: it follows the phase in the source (`docs/moving.md`, "Phases"). In
 * `stay` and `moved` it passes calls to one database.
 *
 * @throws CartError when the source does not respond
 * @throws ConfigError when phase and settings contradict each other, or when the carts of a database have home regions
 */
export async function openPhasedStore(options: PhasedOptions): Promise<PhasedStore> {
  const { plain, openPair, events, failed } = options
  const { times = LEASE, elapsed = () => performance.now(), parts = MOVING_PARTS } = options
  requireNoHomes(plain)
  const { control } = plain.residences
  const id = randomUUID()
  let pair: Pair | undefined
  let renewals = 0
  let acknowledged = -1
  let validUntil = Number.NEGATIVE_INFINITY

  let mode: Mode = modeOf(undefined, plain)

  async function storeOf(record: MoveRecord | undefined): Promise<CartStore> {
    const phase = record?.phase ?? 'stay'
    if (phase === 'stay') return plain
    pair ??= parts.pair(await openPair())
    requireNoHomes(pair.source)
    requireNoHomes(pair.destination)
    if (!isBound(record as MoveRecord, await pair.destination.residences.control.read()))
      throw new ConfigError(OTHER_DESTINATION)
    if (phase === 'moved') return pair.destination
    const to = phase === 'moving' ? 'destination' : 'source'
    const { frozen, moveId = '' } = record ?? {}
    return parts.store({ pair, to, frozen, secret: moveId, events })
  }

  /** Acts by the record from now on, and waits for the calls of before. */
  async function adopt(record: MoveRecord | undefined): Promise<void> {
    const epoch = record?.epoch ?? 0
    if (epoch === mode.epoch && acknowledged === epoch) {
      // The counts of the mover.
      mode.record = record
      return
    }
    const before = mode
    mode = modeOf(record, await storeOf(record))
    if (before.calls > 0)
      await new Promise<void>((resolve) => {
        before.drained = resolve
      })
    acknowledged = epoch
  }

  async function renewOnce(): Promise<void> {
    const sent = elapsed()
    renewals += 1
    await control.renew({ id, renewals, epoch: acknowledged })
    const isUnbroken = elapsed() < validUntil
    const record = asSource(await control.read())
    const isNew = (record?.epoch ?? 0) !== acknowledged
    // Renewed before it ended, so nobody can have changed the phase without this instance: it keeps its lease for the phase
    // before, also while it cannot adopt the new one because of its settings.
    if (isUnbroken) validUntil = sent + times.leaseMs - times.marginMs
    await adopt(record)
    // At once, because the change of the phase waits for it.
    if (isNew) {
      renewals += 1
      await control.renew({ id, renewals, epoch: acknowledged })
    }
    validUntil = sent + times.leaseMs - times.marginMs
  }

  const lease = openRenewals(renewOnce, times.renewMs, failed)

  /**
   * One call. It is valid if, when the response came, this instance had its lease and had not told anybody yet that it acts by
   * a later phase.
   */
  async function attempt<T>(call: (store: CartStore) => Promise<T>): Promise<Attempt<T>> {
    const by = mode
    by.calls += 1
    const isValid = () => elapsed() < validUntil && acknowledged <= by.epoch
    try {
      const result = await call(by.store)
      return { by, valid: isValid(), result }
    } catch (error) {
      return { by, valid: isValid(), error }
    } finally {
      by.calls -= 1
      if (by.calls === 0) by.drained?.()
    }
  }

  async function run<T>(
    kind: 'read' | 'change',
    call: (store: CartStore) => Promise<T>,
  ): Promise<T> {
    for (let round = 0; round < 3; round++) {
      const outcome = await attempt(call)
      if (!outcome.valid) await lease.renew().catch(asUnusable)
      if (outcome.valid || outcome.by.epoch === mode.epoch) return unwrap(outcome)
      const mayHaveChanged = !('error' in outcome && isRefusal(outcome.error))
      if (kind === 'change' && mayHaveChanged)
        throw new CartError('STORE_UNAVAILABLE', 'The phase of a move changed during the call.')
    }
    throw new CartError('STORE_BUSY')
  }

  const read = <T>(call: (store: CartStore) => Promise<T>) => run('read', call)
  const change = <T>(call: (store: CartStore) => Promise<T>) => run('change', call)

  try {
    await lease.renew()
  } catch (error) {
    await pair?.source.close()
    await pair?.destination.close()
    throw error
  }
  lease.begin()

  return {
    get kind() {
      return mode.store.kind
    },
    get emulator() {
      return mode.store.emulator ?? false
    },
    state: () => ({ phase: mode.phase, epoch: mode.epoch, record: mode.record }),
    createCart: (cart) => change((store) => store.createCart(cart)),
    getCart: (...args) => read((store) => store.getCart(...args)),
    getOwner: (...args) => read((store) => store.getOwner(...args)),
    addLines: (...args) => change((store) => store.addLines(...args)),
    setLine: (...args) => change((store) => store.setLine(...args)),
    removeLine: (...args) => change((store) => store.removeLine(...args)),
    setAttributes: (...args) => change((store) => store.setAttributes(...args)),
    reprice: (...args) => change((store) => store.reprice(...args)),
    emptyCart: (...args) => change((store) => store.emptyCart(...args)),
    deleteCart: (...args) => change((store) => store.deleteCart(...args)),
    mergeCart: (...args) => change((store) => store.mergeCart(...args)),
    checkout: (...args) => change((store) => store.checkout(...args)),
    activeCart: (...args) => change((store) => store.activeCart(...args)),
    listCarts: (...args) => read((store) => store.listCarts(...args)),
    getOrder: (...args) => read((store) => store.getOrder(...args)),
    listOrders: (...args) => read((store) => store.listOrders(...args)),
    sweepExpired: (...args) => read((store) => store.sweepExpired(...args)),
    ping: () => read((store) => store.ping()),
    async close() {
      await lease.stop()
      await control.remove(id).catch(() => {})
      await plain.close()
      await pair?.source.close()
      await pair?.destination.close()
    },
  }
}

/** The record of a database that is the source of a move. As the destination of one that is over, it takes part in none. */
function asSource(record: MoveRecord | undefined): MoveRecord | undefined {
  return record?.role === 'source' ? record : undefined
}

/** A move knows nothing of home regions: without `createOnce`, a key could create a cart in every region. */
function requireNoHomes({ createOnce }: CartStore): void {
  if (createOnce !== undefined) throw new ConfigError('Carts with home regions cannot be moved')
}

/** A renewal that fails because of the settings, for clients. */
function asUnusable(error: unknown): never {
  throw error instanceof ConfigError ? new CartError('STORE_MISCONFIGURED', error.message) : error
}

type Attempt<T> = { readonly by: Mode; readonly valid: boolean } & (
  | { readonly result: T }
  | { readonly error: unknown }
)

function unwrap<T>(outcome: Attempt<T>): T {
  if ('error' in outcome) throw outcome.error
  return outcome.result
}

function modeOf(record: MoveRecord | undefined, store: CartStore): Mode {
  const { phase = 'stay', epoch = 0 } = record ?? {}
  return { phase, epoch, record, store, calls: 0, drained: undefined }
}

/** Whether the error of a change says that nothing was changed, so that it can be made again in the new phase. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof CartError &&
    !['STORE_UNAVAILABLE', 'STORE_TIMEOUT', 'INTERNAL_ERROR'].includes(error.code)
  )
}
