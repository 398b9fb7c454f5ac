import type { FastifyBaseLogger } from 'fastify'
import type { CartError, ErrorCode } from '../cart/errors.ts'

/**
 * Logs refusals (503) as one line per second that counts them by code. A line with a stack for each took 1.2 KB, so that an
 * overloaded service spent its time and disk on its log.
 */
export interface RefusalLog {
  /** Counts a refusal. The most recent one of each code in a second is the example in the line. */
  count(error: CartError, requestId: string): void
  /** Logs what has been counted and not been logged yet. */
  flush(): void
}

interface Counted {
  requests: number
  /** The id of the most recent request, and why it was refused. */
  reqId: string
  cause: unknown
}

const INTERVAL_MS = 1000

/**
 * @param logger gets a line at the end of each second with a refusal, of level `info` if a stop is the only reason, otherwise of
 *   level `error`; does not keep the process alive
 */
export function openRefusalLog(logger: FastifyBaseLogger): RefusalLog {
  const counted = new Map<ErrorCode, Counted>()
  let due: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(due)
    due = undefined
    if (counted.size === 0) return
    const refused = Object.fromEntries(
      [...counted].map(([code, { requests, reqId, cause }]) => [
        code,
        { requests, reqId, cause: wordsOf(cause) },
      ]),
    )
    const isStop = counted.size === 1 && counted.has('SHUTTING_DOWN')
    counted.clear()
    logger[isStop ? 'info' : 'error']({ refused }, 'requests refused')
  }

  return {
    count({ code, cause, message }, requestId) {
      const known = counted.get(code)
      if (known === undefined)
        counted.set(code, { requests: 1, reqId: requestId, cause: cause ?? message })
      else {
        known.requests += 1
        known.reqId = requestId
        known.cause = cause ?? message
      }
      due ??= setTimeout(flush, INTERVAL_MS).unref()
    },
    flush,
  }
}

/** One line, without a stack. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const code = 'code' in cause && typeof cause.code === 'string' ? `${cause.code}: ` : ''
  return `${code}${cause.message || cause.name}`
}
