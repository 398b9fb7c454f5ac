export interface SilenceOptions {
  /** Called once, with the reason, when the first request of all gets no answer. */
  readonly onNoAnswer?: ((reason: string) => void) | undefined
  /** How long a host may answer nothing, from the first request on, until `isSilent` (15 s). */
  readonly silenceMs?: number | undefined
}

const SILENCE_MS = 15_000

/** Notices a host that does not answer at all, unlike one that fails now and then. */
export function createSilenceWatch({ onNoAnswer, silenceMs = SILENCE_MS }: SilenceOptions) {
  let firstAsked: number | undefined
  let quiet = true
  let told = false
  return {
    asked() {
      firstAsked ??= performance.now()
    },
    heard() {
      quiet = false
    },
    failed(reason: string) {
      if (quiet && !told) onNoAnswer?.(reason)
      told = true
    },
    isSilent: () =>
      quiet && firstAsked !== undefined && performance.now() - firstAsked >= silenceMs,
  }
}
