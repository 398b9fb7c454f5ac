/** Decides when to try again something that fails: one attempt per pause. */
export interface RetryPause {
  /** Whether to try. While it fails, the first to ask takes the turn of each pause. */
  mayTry(): boolean
  succeeded(): void
  failed(): void
}

export interface RetryPauseOptions {
  /** Milliseconds between attempts while it fails. */
  readonly pauseMs: number
  /** It fails after so many failures without a success between (default 1). */
  readonly failures?: number
}

export function openRetryPause({ pauseMs, failures = 1 }: RetryPauseOptions): RetryPause {
  let failed = 0
  let retryAt = 0
  return {
    mayTry() {
      if (failed < failures) return true
      if (performance.now() < retryAt) return false
      retryAt = performance.now() + pauseMs
      return true
    },
    succeeded() {
      failed = 0
    },
    failed() {
      failed += 1
      retryAt = performance.now() + pauseMs
    },
  }
}
