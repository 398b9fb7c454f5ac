/** Something that is renewed at intervals. */
export interface Renewals {
  /** Renews now. One renewal at a time: callers share it. Rejects as the renewal does. */
  renew(): Promise<void>
  /** Renews at intervals from now on. */
  begin(): void
  /** Begins no further renewals, and waits for the one in progress. */
  stop(): Promise<void>
}

/**
 * @param everyMs from the end of one renewal to the next
 * @param failed receives the failures of renewals that nobody asked for
 */
export function openRenewals(
  renewOnce: () => Promise<void>,
  everyMs: number,
  failed: (error: unknown) => void = () => {},
): Renewals {
  let renewing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function renew(): Promise<void> {
    renewing ??= renewOnce().finally(() => {
      renewing = undefined
    })
    return renewing
  }

  function begin(): void {
    timer = setTimeout(() => {
      renew()
        .catch(failed)
        .finally(() => {
          if (!stopped) begin()
        })
    }, everyMs).unref()
  }

  return {
    renew,
    begin,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await renewing?.catch(() => {})
    },
  }
}
