import { type Logger, pino } from 'pino'

/** A batch is written after this time, or when it has this many characters. */
const BATCH_MS = 20
const BATCH_LENGTH = 16_384
/** How long a process that exits waits for a stalled reader. */
const LAST_MS = 1000
/** Maximum size of the buffer for a stalled reader; further lines are dropped. */
const MAX_BYTES = 16 * 2 ** 20

export interface LoggerOptions {
  readonly level: string
  /** Members of every line. */
  readonly base: Readonly<Record<string, unknown>> | null
  /** A file descriptor; standard output unless given. */
  readonly fd?: number
}

/**
 * The log of the process as JSON lines, written in batches, because a write per line took a tenth of the CPU of an add. Every
 * exit of the process except by an unhandled signal writes the remaining lines; the batch in progress may then be written
 * twice. A stalled reader does not stall the service: when it reads again, the number of dropped lines is logged. An exit
 * waits for it for up to a second.
 */
export function openLogger({ level, base, fd = 1 }: LoggerOptions): Logger {
  let lastMoment = Infinity
  const out = pino.destination({
    dest: fd,
    sync: false,
    maxLength: MAX_BYTES,
    // Whether to retry a write that the reader did not accept.
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
    logger.warn({ dropped }, 'log lines were dropped because they were not read in time')
    dropped = 0
  })
  // Before other listeners: pino's own listener would wait for a stalled reader without limit.
  process.prependOnceListener('exit', () => {
    lastMoment = performance.now() + LAST_MS
    try {
      flush()
      out.flushSync()
    } catch {
      // The reader took too long; the remaining lines are lost.
    }
    out.destroy()
  })
  return logger
}
