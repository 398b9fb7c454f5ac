import { canRedraw } from './can-redraw.ts'
import type { CommandIo } from './io.ts'

/** A progress line. */
export interface Progress {
  update(done: number, total: number): void
  /** Erases the line on a terminal, before other output or at the end. */
  clear(): void
}

const ERASE_LINE = '\r\u001b[2K'
const PLAIN_STEP_PERCENT = 25

/**
 * Redraws one line on a terminal whenever the percentage changes; elsewhere (a log, CI) prints a plain line for every
 * quarter.
 *
 * @param io    `err` prints plain lines, `write` raw text on the terminal (standard error)
 * @param isTty whether `write` reaches a terminal
 */
export function createProgress(
  io: Pick<CommandIo, 'err'> & { write?: (text: string) => void },
  label: string,
  isTty: boolean = canRedraw(),
): Progress {
  const write = io.write ?? ((text: string) => process.stderr.write(text))
  const step = isTty ? 1 : PLAIN_STEP_PERCENT
  let shown = 0
  return {
    update(done, total) {
      const percent = Math.floor((100 * done) / Math.max(1, total))
      const reached = percent - (percent % step)
      if (reached <= shown) return
      shown = reached
      const line = `${label}: ${done} of ${total} (${percent} %)`
      if (isTty) write(ERASE_LINE + line)
      else io.err(line)
    },
    clear() {
      if (isTty && shown > 0) write(ERASE_LINE)
      shown = 0
    },
  }
}
