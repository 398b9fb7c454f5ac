import { CartError } from '../cart/errors.ts'

/**
 * Coalescing (group commit)
 * =========================
 *
 * Many callers make one small call each, and the database can execute many such calls at the cost of little more than one.
 * `coalesce` turns the calls into batches without a timer: a call that finds a free slot is sent at once, alone. While all
 * slots are taken, calls queue up; a batch that ends takes everything that has queued up with it. So a lonely call is never
 * delayed, and batches grow with the load by themselves.
 *
 * With `gathers`, calls are sent when the event loop has read what has arrived, and not before: one look at the sockets brings
 * the calls of several requests, and the responses to a batch bring the next requests. Batches become about half as large
 * again, and a lonely call waits some microseconds.
 *
 * States of a call
 *
 *   ► queued ───────► in flight ───────► settled
 *   │    │                │                 ▲
 *   ▼    ▼                ▼                 │
 *  refused            deferred ─────────────┘
 *
 * - queued     in `queue`, in order of arrival, not sent.
 * - refused    rejected with STORE_BUSY, which promises that nothing was changed: at once, if the queue holds more than one
 *              round (the calls of all slots) and would take longer than `maxLikelyWaitMs`, by the time that batches take; or
 *              after `maxWaitMs` in the queue, if the database hangs. Without the first, the callers of a slow database would
 *              all wait: a queue that is longer than a round makes batches no larger.
 * - in flight  a member of a batch that `run` is executing. At most `maxInFlight` batches are in flight.
 * - deferred   `run` has returned a promise as the outcome of this member. The batch has ended and its slot is free; the
 *              member settles with the promise, and nobody else waits for it.
 * - settled    the caller has its own result or its own error.
 *
 * Changes pass through `postgres/coalesce-changes.ts`, which refines *in flight* and *deferred*; adds through
 * `postgres/fold-adds.ts` too, which decides what one statement can execute.
 *
 * Invariants
 *
 * 1. A call is sent at most once from here. Whether it may be sent again is decided by those who know its meaning.
 * 2. `run` gets the inputs in order of arrival and returns one outcome per input in the same order. So every caller gets the
 *    outcome of its own call, as if it had come alone: one member's refusal is not its neighbours', and a missing
 *    outcome is an error of ours, never somebody else's result.
 * 3. Only an error that concerns the batch as a whole (the connection broke) is every member's: then `run` rejects.
 * 4. A call joins no batch that was sent before the call was made. So a strong read sees all that was acknowledged before it.
 * 5. A refused call is never sent.
 */
export interface Coalescing<In, Out> extends QueueBounds {
  /** Maximum number of batches in flight, an integer of at least 1. */
  readonly maxInFlight: number
  /** Maximum number of members of one batch, an integer of at least 1. */
  readonly maxInBatch: number
  /** Sends at the end of the turn of the event loop; default false: at once. */
  readonly gathers?: boolean
  /** Executes a batch: one outcome per input, in the order of the inputs. A promise as value defers that member. */
  readonly run: (inputs: readonly In[]) => Promise<readonly Settled<Out>[]>
}

/** When a queued call is refused with STORE_BUSY; milliseconds below 2^31. */
export interface QueueBounds {
  /** How long a call may be queued. */
  readonly maxWaitMs: number
  /** Maximum expected queueing time beyond one round; no bound by default. */
  readonly maxLikelyWaitMs?: number | undefined
}

export type Settled<Out> = PromiseSettledResult<Out | PromiseLike<Out>>

interface Call<In, Out> {
  readonly input: In
  /** When it was queued, by `performance.now()`. */
  readonly since: number
  readonly resolve: (value: Out | PromiseLike<Out>) => void
  readonly reject: (reason: unknown) => void
}

/** How fast the expected time of a batch follows the last one: a single slow batch refuses nothing. */
const FOLLOW = 0.2

/** A function that makes one call and settles with the outcome of that call; see above. */
export function coalesce<In, Out>({
  maxInFlight,
  maxInBatch,
  gathers = false,
  maxWaitMs,
  maxLikelyWaitMs = Infinity,
  run,
}: Coalescing<In, Out>): (input: In) => Promise<Out> {
  let queue: Call<In, Out>[] = []
  let inFlight = 0
  let isWatched = false
  let isDue = false
  /** The expected time of a batch, milliseconds. */
  let batchMs: number | undefined
  const round = maxInFlight * maxInBatch
  /** One instance, because a stack for each would cost more than the refusal. */
  const full = refused(`the queue would take longer than ${maxLikelyWaitMs} ms`)

  /** Sends what is queued, now or at the end of the turn. */
  function sendSoon(): void {
    if (!gathers || inFlight >= maxInFlight) sendQueued()
    else if (!isDue && queue.length > 0) {
      isDue = true
      setImmediate(() => {
        isDue = false
        sendQueued()
      })
    }
  }

  function sendQueued(): void {
    if (queue.length > 0) expire()
    while (queue.length > 0 && inFlight < maxInFlight) {
      const batch = queue.slice(0, maxInBatch)
      queue = queue.slice(maxInBatch)
      void send(batch)
    }
    if (queue.length > 0 && !isWatched) watch()
  }

  function expire(): void {
    const now = performance.now()
    const timely = queue.findIndex(({ since }) => now - since < maxWaitMs)
    const expired = queue.splice(0, timely === -1 ? queue.length : timely)
    for (const { reject } of expired) reject(refused(`not sent within ${maxWaitMs} ms`))
  }

  /** Looks again when the first call in the queue expires. The batches in flight keep the process alive. */
  function watch(): void {
    const waited = performance.now() - (queue[0]?.since ?? 0)
    isWatched = true
    setTimeout(
      () => {
        isWatched = false
        sendQueued()
      },
      Math.max(0, maxWaitMs - waited),
    ).unref()
  }

  /** Whether one more call would wait too long. */
  function isFull(): boolean {
    const ahead = queue.length - (maxInFlight - inFlight) * maxInBatch
    return ahead >= round && Math.floor(ahead / round) * (batchMs ?? 0) > maxLikelyWaitMs
  }

  async function send(batch: readonly Call<In, Out>[]): Promise<void> {
    inFlight += 1
    const began = performance.now()
    try {
      const outcomes = await run(batch.map(({ input }) => input))
      for (const [i, call] of batch.entries()) settle(call, outcomes[i])
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
    inFlight -= 1
    const took = performance.now() - began
    batchMs = batchMs === undefined ? took : batchMs + FOLLOW * (took - batchMs)
    sendSoon()
  }

  return (input) =>
    new Promise((resolve, reject) => {
      if (isFull()) return reject(full)
      queue.push({ input, since: performance.now(), resolve, reject })
      sendSoon()
    })
}

function refused(why: string): CartError {
  return new CartError('STORE_BUSY', undefined, { cause: new Error(why) })
}

/** A promise as value defers the call: `resolve` follows it. */
function settle<In, Out>(call: Call<In, Out>, outcome?: Settled<Out>): void {
  if (outcome?.status === 'fulfilled') call.resolve(outcome.value)
  else call.reject(outcome?.reason ?? new Error('a batch returned no outcome for a call'))
}
