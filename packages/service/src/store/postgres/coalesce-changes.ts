import type { Changed } from '../../cart/rules.ts'
import { coalesce, type QueueBounds, type Settled } from '../coalesce.ts'
import { asCartError, wasRefused } from './errors.ts'

/** A kind of change that one statement can make many times. Inputs are distinguished as objects: each call needs its own. */
export interface CoalescedChanges<In> extends QueueBounds {
  readonly maxInFlight: number
  readonly maxInBatch: number
  /** See `Coalescing`. */
  readonly gathers?: boolean
  /** Makes one change in any situation, or rejects with the reason why not. */
  alone(input: In): Promise<Changed>
  /**
   * The joint statement: makes the changes that it can make, and leaves the others undone and out of its result.
   *
   * @param wait for rows that others have locked; otherwise their changes are left undone
   */
  jointly(inputs: readonly In[], wait: boolean): Promise<ReadonlyMap<In, Changed>>
  /**
   * What a change is made to. With it, deferred changes of one target are made jointly again, waiting for locks, as long
   * as that makes some of them, and then alone; without it, at once alone. Changes of a target that has deferred ones join them:
   * each instance of several that change one cart so needs its lock once for all that have come meanwhile.
   */
  targetOf?(input: In): string
}

type Outcomes<In> = Map<In, PromiseSettledResult<Changed>>
type Deferred<In> = Map<In, PromiseWithResolvers<Changed>>

/**
 * Coalesces changes; `coalesce` has the queue and the states around this one. In flight, a change is part of one
 * joint statement, which does not wait for locks:
 *
 *     in flight ──► made      the joint statement has made it
 *               ──► failed    the joint statement failed for a reason that concerns all members
 *               ──► deferred  left undone: its row was locked, or a limit, an idempotency key or another change needs a
 *                             closer look; or PostgreSQL refused the whole statement, for which one member may be to blame
 *     deferred  ──► made, failed   jointly with the deferred changes of its target, then alone
 *
 * Invariants
 *
 * 1. A change is made by at most one statement: only changes that a statement has certainly left undone are deferred.
 * 2. The slot of a batch is free as soon as its joint statement has ended; deferred changes hold up nobody else.
 * 3. A deferred change is settled as soon as it is made. A keyed change is so acknowledged before later ones can push out
 *    its key.
 *
 * A lonely change takes the same path: it must not keep its slot while it waits for a lock, and the joint statement takes
 * hardly longer than a single one (docs/performance.md).
 */
export function coalesceChanges<In>(
  changes: CoalescedChanges<In>,
): (input: In) => Promise<Changed> {
  const { alone, jointly, targetOf } = changes
  /** The targets that have deferred changes. */
  const busy = new Map<string, Busy<In>>()

  /** The outcomes of one joint statement; inputs without an outcome were left undone. */
  async function execute(inputs: readonly In[], wait: boolean): Promise<Outcomes<In>> {
    try {
      const made = await jointly(inputs, wait)
      return new Map(Array.from(made, ([input, value]) => [input, fulfilled(value)]))
    } catch (cause) {
      const reason = asCartError(cause)
      if (wasRefused(reason)) return new Map()
      return new Map(inputs.map((input) => [input, { status: 'rejected', reason }]))
    }
  }

  /** Executes changes that a waiting statement has left undone. */
  async function executeRest(inputs: readonly In[], deferred: Deferred<In>): Promise<void> {
    let rest = inputs
    let goesOn = rest.length > 1
    while (goesOn) {
      const outcomes = await execute(rest, true)
      for (const [input, outcome] of outcomes) {
        if (outcome.status === 'fulfilled') deferred.get(input)?.resolve(outcome.value)
        else deferred.get(input)?.reject(outcome.reason)
      }
      rest = rest.filter((input) => !outcomes.has(input))
      goesOn = outcomes.size > 0 && rest.length > 1
    }
    for (const input of rest) deferred.get(input)?.resolve(alone(input))
  }

  /** Makes a change with the deferred changes of its target. */
  async function join(target: string, input: In): Promise<Changed> {
    const known = busy.get(target)
    const joined = known ?? {
      calls: 0,
      make: coalesce<In, Changed>({ ...changes, maxInFlight: 1, gathers: true, run: runWaiting }),
    }
    if (known === undefined) busy.set(target, joined)
    joined.calls += 1
    try {
      return await joined.make(input)
    } finally {
      joined.calls -= 1
      if (joined.calls === 0) busy.delete(target)
    }
  }

  async function runWaiting(inputs: readonly In[]): Promise<Settled<Changed>[]> {
    const [first, ...others] = inputs
    // Awaited, so that changes that come meanwhile are made jointly after it.
    if (first !== undefined && others.length === 0) return Promise.allSettled([alone(first)])
    const outcomes = await execute(inputs, true)
    const undone = inputs.filter((input) => !outcomes.has(input))
    const deferred: Deferred<In> = new Map(
      undone.map((input) => [input, Promise.withResolvers<Changed>()]),
    )
    // If the statement has made none, neither would another.
    if (outcomes.size === 0) for (const [input, { resolve }] of deferred) resolve(alone(input))
    else void executeRest(undone, deferred)
    return inputs.flatMap((input) => outcomeOf(input, outcomes, deferred.get(input)?.promise))
  }

  async function run(inputs: readonly In[]): Promise<Settled<Changed>[]> {
    const outcomes = await execute(inputs, false)
    return inputs.flatMap((input) => {
      if (outcomes.has(input)) return outcomeOf(input, outcomes, undefined)
      return fulfilled(targetOf === undefined ? alone(input) : join(targetOf(input), input))
    })
  }

  const send = coalesce<In, Changed>({ ...changes, run })
  return (input) => {
    const target = targetOf?.(input)
    return target !== undefined && busy.has(target) ? join(target, input) : send(input)
  }
}

interface Busy<In> {
  calls: number
  readonly make: (input: In) => Promise<Changed>
}

function outcomeOf<In>(
  input: In,
  outcomes: Outcomes<In>,
  later: Promise<Changed> | undefined,
): Settled<Changed>[] {
  const outcome = later === undefined ? outcomes.get(input) : fulfilled(later)
  return outcome === undefined ? [] : [outcome]
}

function fulfilled<T>(value: T): PromiseFulfilledResult<T> {
  return { status: 'fulfilled', value }
}
