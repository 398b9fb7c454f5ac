import type { LoadProgress } from '../load/run-load.ts'
import type { CommandIo } from '../terminal/io.ts'
import { ERASE_LINE, standardError } from '../terminal/terminal-line.ts'
import { liveLine, shareOf, type WholeRun } from './live-line.ts'

/** Shows the progress of a load. */
export interface LoadView {
  /**
   * @param label what is measured (`perf`)
   * @param whole progress of a run with many parts
   */
  update(progress: LoadProgress, label?: string, whole?: WholeRun | null): void
  /** Erases the line, before other output. */
  clear(): void
}

const MIN_COLUMNS = 20
const TENTHS = 10

/**
 * Redraws one line on a terminal; elsewhere (a log, CI) prints a plain line for every tenth.
 *
 * @param terminal `null` for plain lines
 */
export function createLiveView(io: Pick<CommandIo, 'err'>, terminal = standardError()): LoadView {
  let shown = false
  let lastTenth = 0
  let lastPhase = ''
  return {
    update(progress, label = 'perf', whole = null) {
      if (terminal !== null) {
        shown = true
        // Some terminals wrap as soon as the last column is written.
        const columns = Math.max(MIN_COLUMNS, terminal.columns - 1)
        terminal.write(ERASE_LINE + liveLine(label, progress, { whole, columns }))
        return
      }
      if (progress.phase !== lastPhase) lastTenth = 0
      lastPhase = progress.phase
      const tenth = Math.floor(TENTHS * shareOf(progress))
      if (tenth <= lastTenth) return
      lastTenth = tenth
      io.err(liveLine(label, progress))
    },
    clear() {
      if (shown) terminal?.write(ERASE_LINE)
      shown = false
    },
  }
}

/** One JSON object per line on standard output, `{"type": "progress", ...}`. */
export function createMachineView(io: Pick<CommandIo, 'out'>): LoadView {
  return {
    update: (progress) => io.out(JSON.stringify({ type: 'progress', ...progress })),
    clear() {},
  }
}
