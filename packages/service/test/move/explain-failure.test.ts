import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { explainMoveFailure, Interrupted } from '../../src/run/move/explain-failure.ts'
import { ANY_TIME, moveAll } from '../../src/run/move/mover.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { fill, now } from './databases.ts'
import { withWrites } from './writes.ts'

const RESUME = { line: 'interrupted; `pushcart move resume` continues', exitCode: 2 }

/** A signal that is aborted as by Ctrl-C. */
function interrupted(): AbortSignal {
  return AbortSignal.abort(new Interrupted('resume'))
}

describe('the failure of a move that was interrupted', () => {
  it('is the interruption if a timer, a check of the signal or a database ended it', async () => {
    const signal = interrupted()
    const aborted = await sleep(60_000, undefined, { signal }).catch((error) => error)
    expect(aborted.message).toBe('The operation was aborted')
    const busy = ['STORE_BUSY', 'STORE_TIMEOUT', 'STORE_UNAVAILABLE'] as const
    for (const error of [aborted, signal.reason, ...busy.map((code) => new CartError(code))])
      expect(explainMoveFailure(error, signal)).toEqual(RESUME)
  })

  it.each([
    [new CartError('INTERNAL_ERROR', 'It differs.'), 'INTERNAL_ERROR: It differs.', 1],
    [new CartError('STORE_MISCONFIGURED', 'Both.'), 'STORE_MISCONFIGURED: Both.', 3],
    [new ConfigError('Not that database'), 'Not that database', 3],
    [new TypeError('x is not a function'), 'x is not a function', 1],
  ])('is any other error as itself: %s', (error, line, exitCode) => {
    expect(explainMoveFailure(error, interrupted())).toEqual({ line, exitCode })
    expect(explainMoveFailure(error, new AbortController().signal)).toEqual({ line, exitCode })
  })

  it('is a copy that differs, found while the mover was stopping', async () => {
    const pair = { source: openMemoryStore(), destination: openMemoryStore() }
    await fill(pair.source, 1)
    const stop = new AbortController()
    const failing = withWrites(pair, async ({ name }, make) => {
      if (name !== 'place') return make()
      stop.abort(new Interrupted('resume'))
      throw new CartError('INTERNAL_ERROR', 'The copy of the cart differs.')
    })
    const error = await moveAll({
      ...{ pair: failing, workers: 1, now, to: 'destination', signal: stop.signal },
      enter: async () => ANY_TIME,
      report() {},
    }).catch((reason) => reason)
    expect(explainMoveFailure(error, stop.signal).line).toBe(
      'INTERNAL_ERROR: The copy of the cart differs.',
    )
  })
})
