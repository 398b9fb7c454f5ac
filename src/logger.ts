import { type Logger, pino } from 'pino'

/** A batch is written after this time, or as soon as it is so long (in characters). */
const BATCH_MS = 20
const BATCH_LENGTH = 16_384
/** How long the end of the process waits for a reader that has stalled. */
const LAST_MS = 1000
/** Kept for a reader that has stalled; what comes beyond is dropped, for memory has an end. */
const MOST_BYTES = 16 * 2 ** 20

export interface LoggerOptions {
  readonly level: string
  /** On every line. */
  readonly base: Readonly<Record<string, unknown>> | null
  /** A file descriptor; standard output unless given. */
  readonly fd?: number
}

/**
 * The log of the process, JSON lines. They leave in batches and not one by one, because a write for each was a tenth of
 * what an add costs. Whatever ends the process, but for an unhandled signal, leaves none behind; the batch that is being
 * written at that moment may come twice. A reader that stalls does not stall the service; how many lines it missed is
 * logged when it reads again, and the end of the process waits a second for it.
 */
export function openLogger({ level, base, fd = 1 }: LoggerOptions): Logger {
  let lastMoment = Infinity
  const out = pino.destination({
    dest: fd,
    sync: false,
    maxLength: MOST_BYTES,
    // Asked whether to go on with what the reader did not take.
    retryEAGAIN: () => performance.now() < lastMoment,
  })
  let batch = ''
  let due: NodeJS.Timeout | undefined
  let dropped = 0

  function flush(): void {
    clearTimeout(due)
    due = undefined
    out.write(batch)
    batch = ''
  }
  const logger = pino(
    { level, base },
    {
      write(line: string) {
        batch += line
        if (batch.length >= BATCH_LENGTH) flush()
        else if (due === undefined) due = setTimeout(flush, BATCH_MS)
      },
    },
  )
  out.on('drop', (lines: string) => {
    dropped += lines.split('\n').length - 1
  })
  out.on('drain', () => {
    if (dropped === 0) return
    logger.warn({ dropped }, 'log lines were dropped: nobody read them in time')
    dropped = 0
  })
  // First of all listeners: the destination's own would wait for a stalled reader without end.
  process.prependOnceListener('exit', () => {
    lastMoment = performance.now() + LAST_MS
    try {
      flush()
      out.flushSync()
    } catch {
      // The reader took too long. What it has not taken by now is lost.
    }
    out.destroy()
  })
  return logger
}
