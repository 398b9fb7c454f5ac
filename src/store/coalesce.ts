import { CartError } from '../cart/errors.ts'

export interface Coalescing<In, Out> {
  /** Most batches under way at once, an integer >= 1. */
  readonly mostInFlight: number
  /** Most members of one batch, an integer >= 1. */
  readonly mostInBatch: number
  /** How long a call may wait for its turn, milliseconds below 2^31; whoever has waited longer fails as STORE_BUSY, unsent. */
  readonly mostWaitMs: number
  /**
   * Answers a batch: one outcome per input, in the order of the inputs, so that one member's failure is not its
   * neighbours'. An outcome may be a promise: then that member waits on for it while the batch has ended. Where `run`
   * throws or rejects instead, every member gets that error.
   */
  readonly run: (
    inputs: readonly In[],
  ) => Promise<readonly PromiseSettledResult<Out | PromiseLike<Out>>[]>
}

interface Member<In, Out> {
  readonly input: In
  /** When the call came, by `performance.now()`. */
  readonly since: number
  readonly resolve: (value: Out | PromiseLike<Out>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Calls that meet are answered together (group commit). A call goes at once, alone, while fewer than `mostInFlight`
 * batches are under way; otherwise it waits, and goes with all that have gathered when a batch ends. So no timer
 * delays a lonely call, and batches grow with the load by themselves. First come, first served; what has gathered in
 * front of a database that hangs is told so in time, and does not keep those who come later.
 */
export function coalesce<In, Out>({
  mostInFlight,
  mostInBatch,
  mostWaitMs,
  run,
}: Coalescing<In, Out>): (input: In) => Promise<Out> {
  let waiting: Member<In, Out>[] = []
  let inFlight = 0
  let isWatched = false

  function sendWaiting(): void {
    if (waiting.length > 0) refuseLate()
    while (waiting.length > 0 && inFlight < mostInFlight) {
      const batch = waiting.slice(0, mostInBatch)
      waiting = waiting.slice(mostInBatch)
      void send(batch)
    }
    if (waiting.length > 0 && !isWatched) watch()
  }

  function refuseLate(): void {
    const now = performance.now()
    const timely = waiting.findIndex(({ since }) => now - since < mostWaitMs)
    const late = waiting.splice(0, timely === -1 ? waiting.length : timely)
    for (const { reject } of late) reject(tooLate(mostWaitMs))
  }

  /** Looks again when the first in line has waited for long enough. The batches under way keep the process alive. */
  function watch(): void {
    const waited = performance.now() - (waiting[0]?.since ?? 0)
    isWatched = true
    setTimeout(
      () => {
        isWatched = false
        sendWaiting()
      },
      Math.max(0, mostWaitMs - waited),
    ).unref()
  }

  async function send(batch: readonly Member<In, Out>[]): Promise<void> {
    inFlight += 1
    try {
      const outcomes = await run(batch.map(({ input }) => input))
      for (const [i, member] of batch.entries()) settle(member, outcomes[i])
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
    inFlight -= 1
    sendWaiting()
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, since: performance.now(), resolve, reject })
      sendWaiting()
    })
}

function tooLate(waitedMs: number): CartError {
  const cause = new Error(`not sent within ${waitedMs} ms`)
  return new CartError('STORE_BUSY', undefined, { cause })
}

function settle<In, Out>(
  member: Member<In, Out>,
  outcome?: PromiseSettledResult<Out | PromiseLike<Out>>,
): void {
  if (outcome?.status === 'fulfilled') member.resolve(outcome.value)
  else
    member.reject(
      outcome === undefined ? new Error('a batch left a call unanswered') : outcome.reason,
    )
}
