/**
 * Calls `fn` at a time of `performance.now()`. Timers count whole milliseconds: the rest is waited for in the event
 * loop's turns, at the price of a core.
 */
export function callAt(at: number, fn: () => void): void {
  const left = at - performance.now()
  if (left <= 0) fn()
  else if (left > 2) setTimeout(() => callAt(at, fn), left - 1.5)
  else setImmediate(() => callAt(at, fn))
}
