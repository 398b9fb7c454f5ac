import type { LoadProgress } from '../load/run-load.ts'
import { canRedraw } from '../terminal/can-redraw.ts'
import type { CommandIo } from '../terminal/io.ts'
import { liveLine, shareOf, type WholeRun } from './live-line.ts'

/** Shows how a load goes on. */
export interface LoadView {
  /**
   * @param label what is measured, `perf` when left out
   * @param whole of a run with many parts
   */
  update(progress: LoadProgress, label?: string, whole?: WholeRun | null): void
  /** Takes the view off the terminal, before other output. */
  clear(): void
}

export interface TerminalLine {
  write(text: string): void
  readonly columns: number
}

const ERASE_LINE = '\r\u001b[2K'
const LEAST_COLUMNS = 20
const TENTHS = 10

/**
 * On a terminal one line that is drawn over itself; elsewhere (a log, CI) a plain line whenever another tenth is
 * done.
 *
 * @param terminal where the line is drawn, standard error when that is a terminal; `null` for plain lines
 */
export function createLiveView(
  io: Pick<CommandIo, 'err'>,
  terminal: TerminalLine | null = standardError(),
): LoadView {
  let shown = false
  let lastTenth = 0
  let lastPhase = ''
  return {
    update(progress, label = 'perf', whole = null) {
      if (terminal !== null) {
        shown = true
        // The last column stays free: some terminals wrap as soon as it is written to.
        const columns = Math.max(LEAST_COLUMNS, terminal.columns - 1)
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

/** For programs: one JSON object a line on standard output, `{"type": "progress", ...}`. */
export function createMachineView(io: Pick<CommandIo, 'out'>): LoadView {
  return {
    update: (progress) => io.out(JSON.stringify({ type: 'progress', ...progress })),
    clear() {},
  }
}

function standardError(): TerminalLine | null {
  const { stderr } = process
  if (!canRedraw()) return null
  return {
    write: (text) => void stderr.write(text),
    get columns() {
      return stderr.columns || 80
    },
  }
}
