/**
 * Delta debugging: ddmin of Zeller and Hildebrandt ("Simplifying and Isolating Failure-Inducing Input", 2002). Returns a
 * part of `items` that still fails. No single item of the result can be left out, unless `tries` ran out.
 *
 * @param fails whether these items still show the failure; must be true of all of them together
 * @param tries maximum calls of `fails`
 */
export function shrink<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => boolean,
  tries = 400,
): readonly T[] {
  let current = items
  let parts = 2
  for (let left = tries; current.length >= 2 && left > 0; ) {
    const size = Math.ceil(current.length / parts)
    let smaller: readonly T[] | undefined
    for (
      let start = 0;
      start < current.length && smaller === undefined && left > 0;
      start += size
    ) {
      const without = [...current.slice(0, start), ...current.slice(start + size)]
      left--
      if (fails(without)) smaller = without
    }
    if (smaller !== undefined) {
      current = smaller
      parts = Math.max(2, parts - 1)
    } else if (size === 1) break
    else parts = Math.min(current.length, parts * 2)
  }
  return current
}
