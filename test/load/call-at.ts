/**
 * Calls `fn` at a time of `performance.now()`. Timers have whole milliseconds: the rest is spent spinning in the event
 * loop, which takes a core.
 */
export function callAt(at: number, fn: () => void): void {
  const left = at - performance.now()
  if (left <= 0) fn()
  else if (left > 2) setTimeout(() => callAt(at, fn), left - 1.5)
  else setImmediate(() => callAt(at, fn))
}
