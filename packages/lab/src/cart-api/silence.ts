export interface SilenceOptions {
  /** Called once, with the reason, when the very first request gets no response. */
  readonly onNoAnswer?: ((reason: string) => void) | undefined
  /** After how long without any response, from the first request on, the host counts as silent (15 s). */
  readonly silenceMs?: number | undefined
}

const SILENCE_MS = 15_000

/** Notices a host that never responds, unlike one that fails now and then. */
export function createSilenceWatch({ onNoAnswer, silenceMs = SILENCE_MS }: SilenceOptions) {
  let firstSentAt: number | undefined
  let heardAt = Number.NEGATIVE_INFINITY
  let reported = false
  const neverHeard = () => heardAt === Number.NEGATIVE_INFINITY
  return {
    sent() {
      firstSentAt ??= performance.now()
    },
    heard() {
      heardAt = performance.now()
    },
    failed(reason: string) {
      if (neverHeard() && !reported) onNoAnswer?.(reason)
      reported = true
    },
    heardAt: () => heardAt,
    isSilent: () =>
      neverHeard() && firstSentAt !== undefined && performance.now() - firstSentAt >= silenceMs,
  }
}
