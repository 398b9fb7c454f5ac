export interface Deadline {
  readonly signal: AbortSignal
  /** Why `signal` was aborted, in one line; `undefined` while it is not. */
  reason(): string | undefined
  clear(): void
}

/**
 * A signal that is aborted after `ms` or with `parent`, whichever comes first. AbortSignal.timeout would leave a timer of
 * 10 s behind for every request of a millisecond.
 */
export function startDeadline(ms: number, parent: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  let reason: string | undefined
  const stop = (why: string) => {
    reason = why
    controller.abort()
  }
  const onParentAbort = () => stop('cut off')
  const timer = setTimeout(() => stop(`no response within ${ms / 1000} s`), ms)
  if (parent?.aborted) onParentAbort()
  parent?.addEventListener('abort', onParentAbort, { once: true })
  return {
    signal: controller.signal,
    reason: () => reason,
    clear() {
      clearTimeout(timer)
      parent?.removeEventListener('abort', onParentAbort)
    },
  }
}
