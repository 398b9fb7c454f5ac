import type { LoadProgress } from '../load/run-load.ts'
import type { CommandIo } from './io.ts'
import { createLiveView } from './live-view.ts'
import { createProgress } from './progress.ts'

/** Shows how a comparison goes on: the quick look by its share, the load by its block and figures. */
export interface CompareView {
  quick(done: number, total: number): void
  /**
   * @param phase such as `block 3 of 10, PostgreSQL`
   * @param progress `null` where there is nothing to tell but the phase
   */
  load(phase: string, progress: LoadProgress | null): void
  clear(): void
}

/** For programs: one JSON object a line on standard output. */
export function createMachineCompareView(io: Pick<CommandIo, 'out'>): CompareView {
  const tell = (progress: object) => io.out(JSON.stringify({ type: 'progress', ...progress }))
  return {
    quick: (done, total) => tell({ phase: 'quick look', done, total }),
    load: (phase, load) => tell({ phase, load }),
    clear() {},
  }
}

export function createCompareView(
  io: CommandIo,
  isTty = process.stderr.isTTY === true,
): CompareView {
  const quick = createProgress(io, 'compare')
  const live = isTty ? createLiveView(io) : null
  let last = ''
  return {
    quick: quick.update,
    load(phase, progress) {
      if (last === '') quick.clear()
      if (live !== null && progress !== null) live.update(progress, phase)
      // In a log one line for each slot is enough.
      else if (phase !== last) {
        live?.clear()
        io.err(`compare: ${phase}`)
      }
      last = phase
    },
    clear() {
      quick.clear()
      live?.clear()
    },
  }
}
