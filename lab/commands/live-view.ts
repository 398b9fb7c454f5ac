import type { LoadProgress, RunProgress } from '../load/run-load.ts'
import type { CommandIo } from './io.ts'

/** Shows how a load goes on. */
export interface LoadView {
  /** @param label what is measured, `perf` when left out */
  update(progress: LoadProgress, label?: string): void
  /** Takes the view off the terminal, before other output. */
  clear(): void
}

export interface TerminalLine {
  write(text: string): void
  readonly columns: number
}

const ERASE_LINE = '\r\u001b[2K'
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
    update(progress, label = 'perf') {
      const line = `${label}: ${lineOf(progress)}`
      if (terminal !== null) {
        shown = true
        terminal.write(ERASE_LINE + line.slice(0, Math.max(20, terminal.columns - 1)))
        return
      }
      if (progress.phase !== lastPhase) lastTenth = 0
      lastPhase = progress.phase
      const tenth = Math.floor(TENTHS * shareOf(progress))
      if (tenth <= lastTenth) return
      lastTenth = tenth
      io.err(line)
    },
    clear() {
      if (shown) terminal?.write(ERASE_LINE)
      shown = false
    },
  }
}

/** How much is done, 0-1. */
function shareOf(progress: LoadProgress): number {
  if (progress.phase === 'prepare') return progress.done / progress.total
  const { elapsed_s, total_s, operations, total_operations } = progress
  if (total_s !== null) return elapsed_s / total_s
  return total_operations === null ? 0 : operations / total_operations
}

/** For programs: one JSON object a line on standard output, `{"type": "progress", ...}`. */
export function createMachineView(io: Pick<CommandIo, 'out'>): LoadView {
  return {
    update: (progress) => io.out(JSON.stringify({ type: 'progress', ...progress })),
    clear() {},
  }
}

function lineOf(progress: LoadProgress): string {
  if (progress.phase === 'prepare') return `prepared ${progress.done} of ${progress.total} carts`
  return [timeOf(progress), ...figuresOf(progress)].join('  ')
}

/** How far it is, and the time left: by the clock, or by the share of operations that is done. */
function timeOf(progress: RunProgress): string {
  const { elapsed_s, total_s, warming_up } = progress
  const share = Math.min(1, shareOf(progress))
  const total = total_s ?? (share === 0 ? null : elapsed_s / share)
  const of = total_s === null ? '' : ` of ${total_s.toFixed(0)}`
  const left = total === null ? '' : `, ${Math.max(0, total - elapsed_s).toFixed(0)} s left`
  const phase = warming_up ? ' warm-up' : ''
  return `${elapsed_s.toFixed(0)}${of} s (${Math.floor(100 * share)} %)${phase}${left}`
}

function figuresOf({ rate, p50, p99, operations, errors }: RunProgress): string[] {
  const ms = (value: number | null) => (value === null ? '-' : `${value.toFixed(1)} ms`)
  return [
    `${rate.toFixed(0)}/s`,
    `p50 ${ms(p50)}`,
    `p99 ${ms(p99)}`,
    `${operations} operations`,
    `${errors} errors`,
  ]
}

function standardError(): TerminalLine | null {
  const { stderr } = process
  if (stderr.isTTY !== true) return null
  return {
    write: (text) => void stderr.write(text),
    get columns() {
      return stderr.columns || 80
    },
  }
}
