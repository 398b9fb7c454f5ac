import { executionAsyncResource } from 'node:async_hooks'

/** Never freed. */
const kept: object[] = []

/**
 * Keeps `process.nextTick` fast, which Node.js calls about seven times per request. When V8 collects garbage at a moment without a
 * waiting tick, it forgets the shape of ticks, and makes every later one in a slow way, forever: 280 to 630 instead of 60 ns (Node
 * 20 and 26, after six major collections). One tick that stays keeps the shape.
 *
 * Call it first, because what has become slow stays so.
 */
export function keepTickShape(): void {
  process.nextTick(() => kept.push(executionAsyncResource()))
}
