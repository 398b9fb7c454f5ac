import type { LoadProgress } from '../load/run-load.ts'
import type { CommandIo } from '../terminal/io.ts'
import { createProgress } from '../terminal/progress.ts'
import { standardError } from '../terminal/terminal-line.ts'
import { liveLine, shareOf, type WholeRun } from './live-line.ts'
import { createLiveView } from './live-view.ts'

/** Shows the progress of a comparison. */
export interface CompareView {
  quick(done: number, total: number): void
  /**
   * @param phase such as `block 3 of 10, PostgreSQL`
   * @param progress `null` for a phase without figures
   * @param parts completed and planned runs, where known
   */
  load(phase: string, progress: LoadProgress | null, parts?: ViewParts): void
  /** A block is invalid and will be replaced. */
  invalid(block: number, reason: string): void
  clear(): void
}

export interface ViewParts {
  readonly of: WholeRun['of']
  readonly done: number
  readonly total: number
}

/** One JSON object per line on standard output. */
export function createMachineCompareView(io: Pick<CommandIo, 'out'>): CompareView {
  const print = (progress: object) => io.out(JSON.stringify({ type: 'progress', ...progress }))
  return {
    quick: (done, total) => print({ phase: 'quick look', done, total }),
    load: (phase, load, parts) =>
      print({
        phase,
        load,
        ...(parts && { [parts.of]: { done: parts.done, total: parts.total } }),
      }),
    invalid: (block, reason) => print({ phase: `block ${block + 1}`, invalid: reason }),
    clear() {},
  }
}

/** Share and time that must have passed before the remaining time is estimated. */
const ENOUGH = { share: 0.02, seconds: 1 }

/**
 * @param terminal `null` for plain lines
 * @param now a clock, milliseconds
 */
export function createCompareView(
  io: CommandIo,
  terminal = standardError(),
  now: () => number = () => performance.now(),
): CompareView {
  const quick = createProgress(io, 'compare', terminal)
  const live = terminal === null ? null : createLiveView(io, terminal)
  let phase = ''
  let last: string | null = null
  const begun = new Map<ViewParts['of'], number>()
  const wholeOf = (progress: LoadProgress, { of, done, total }: ViewParts): WholeRun => {
    const began = begun.get(of) ?? now()
    begun.set(of, began)
    const part = progress.phase === 'prepare' ? 0 : shareOf(progress)
    const share = Math.min(1, (done + part) / Math.max(1, total))
    const elapsed_s = (now() - began) / 1000
    const known = share >= ENOUGH.share && elapsed_s >= ENOUGH.seconds
    return { of, share, left_s: known ? elapsed_s * (1 / share - 1) : null }
  }
  /** A log has one line per run: its last state. */
  const endPhase = () => {
    if (last !== null) io.err(last)
    last = null
  }
  return {
    quick: quick.update,
    load(next, progress, parts) {
      if (phase === '') quick.clear()
      const whole = progress !== null && parts !== undefined ? wholeOf(progress, parts) : null
      if (next !== phase && live === null) endPhase()
      if (progress === null && next !== phase) {
        live?.clear()
        io.err(`compare: ${next}`)
      }
      if (progress !== null) {
        live?.update(progress, next, whole)
        last = liveLine(`compare: ${next}`, progress, { whole })
      }
      phase = next
    },
    invalid(block, reason) {
      if (live === null) endPhase()
      else live.clear()
      io.err(`compare: block ${block + 1} is invalid (${reason}) and will be repeated`)
    },
    clear() {
      quick.clear()
      if (live === null) endPhase()
      else live.clear()
    },
  }
}
