import type { CommandIo } from './io.ts'
import { ERASE_LINE, standardError } from './terminal-line.ts'

/** A progress line. */
export interface Progress {
  update(done: number, total: number): void
  /** Erases the line on a terminal, before other output or at the end. */
  clear(): void
}

const PLAIN_STEP_PERCENT = 25

/**
 * Redraws one line on a terminal whenever the percentage changes; elsewhere (a log, CI) prints a plain line for every
 * quarter.
 *
 * @param terminal `null` for plain lines
 */
export function createProgress(
  io: Pick<CommandIo, 'err'>,
  label: string,
  terminal = standardError(),
): Progress {
  const step = terminal === null ? PLAIN_STEP_PERCENT : 1
  let shown = 0
  return {
    update(done, total) {
      const percent = Math.floor((100 * done) / Math.max(1, total))
      const reached = percent - (percent % step)
      if (reached <= shown) return
      shown = reached
      const line = `${label}: ${done} of ${total} (${percent} %)`
      if (terminal === null) io.err(line)
      else terminal.write(ERASE_LINE + line)
    },
    clear() {
      if (shown > 0) terminal?.write(ERASE_LINE)
      shown = 0
    },
  }
}
