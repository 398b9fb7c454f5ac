import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LeaseTimes } from '../../store/moving/lease.ts'
import { runnerId } from '../../store/moving/movers.ts'
import { openRenewals } from '../../store/moving/renewals.ts'
import type { MoveControl, MoveRecord, Phase } from '../../store/residences.ts'
import { MoveRefused } from './move-refused.ts'

/**
 * The right of one mover to move carts, as long as the move has one phase and is not paused. It is registered like an instance, so
 * a change of the phase or a pause waits until this mover has no cart in hand, or has lost its lease.
 */
export interface PhaseLease extends AsyncDisposable {
  /**
   * Waits while the move is paused.
   *
   * @throws MoveRefused when the move has another phase; CartError when the source does not respond
   */
  enter(): Promise<Turn>
}

/** The right to move one cart. */
export interface Turn {
  /** Whether a cart may be sealed now. */
  isValid(): boolean
  /** Reads whether the move still has the phase. */
  confirm(): Promise<boolean>
  /** Call it once, when the mover has the cart no longer in hand. */
  end(): void
}

export interface PhaseLeaseOptions {
  /** Of the source. */
  readonly control: MoveControl
  readonly times: LeaseTimes
  readonly phase: Phase
  readonly signal: AbortSignal
  /** Milliseconds of a monotonic timer. */
  readonly elapsed?: () => number
}

/** What the mover acts by, and the carts that it has in hand by that. */
interface Mode {
  readonly record: MoveRecord | undefined
  carts: number
  drained: (() => void) | undefined
}

const PAUSE_MS = 1000

/** @throws as `enter` */
export async function openPhaseLease(options: PhaseLeaseOptions): Promise<PhaseLease> {
  const { control, times, phase, signal, elapsed = () => performance.now() } = options
  const id = runnerId(randomUUID())
  let mode: Mode = modeOf(undefined)
  let acknowledged = -1
  let renewals = 0
  let validUntil = Number.NEGATIVE_INFINITY
  let inHand = 0
  let released: (() => void) | undefined

  async function renew(): Promise<void> {
    renewals += 1
    await control.renew({ id, renewals, epoch: acknowledged })
  }

  async function lookOnce(): Promise<void> {
    const sent = elapsed()
    await renew()
    const record = await control.read()
    const epoch = record?.epoch ?? 0
    if (epoch !== acknowledged) {
      const before = mode
      mode = modeOf(record)
      if (before.carts > 0)
        await new Promise<void>((resolve) => {
          before.drained = resolve
        })
      acknowledged = epoch
      // At once, because the change waits for it.
      await renew()
    }
    validUntil = sent + times.leaseMs - times.marginMs
  }

  // A failure shows when a cart is to be moved.
  const looks = openRenewals(lookOnce, times.renewMs)

  const hasPhase = () => mode.record?.phase === phase
  const isValid = () => hasPhase() && mode.record?.paused === false && elapsed() < validUntil

  /** Nobody waits for this mover any more, so it must have no cart in hand. */
  async function close(): Promise<void> {
    if (inHand > 0)
      await new Promise<void>((resolve) => {
        released = resolve
      })
    await looks.stop()
    await control.remove(id).catch(() => {})
  }

  async function enter(): Promise<Turn> {
    while (!isValid()) {
      if (elapsed() >= validUntil) await looks.renew()
      if (!hasPhase()) throw new MoveRefused(`The phase is ${mode.record?.phase ?? 'stay'} now`)
      if (mode.record?.paused === false) continue
      await sleep(PAUSE_MS, undefined, { signal })
    }
    const by = mode
    by.carts += 1
    inHand += 1
    return {
      isValid,
      async confirm() {
        // Not a look that waits for this cart.
        const record = await control.read()
        return record?.phase === phase
      },
      end() {
        by.carts -= 1
        if (by.carts === 0) by.drained?.()
        inHand -= 1
        if (inHand === 0) released?.()
      },
    }
  }

  try {
    await looks.renew()
    if (!hasPhase()) throw new MoveRefused(`The phase is ${mode.record?.phase ?? 'stay'} now`)
  } catch (error) {
    await close()
    throw error
  }
  looks.begin()
  return { enter, [Symbol.asyncDispose]: close }
}

function modeOf(record: MoveRecord | undefined): Mode {
  return { record, carts: 0, drained: undefined }
}
