import { checkHistory, type Report } from '@pushcart/histories'
import { brokenBy } from '../move/verdict.ts'
import { type Mistake, type Simulated, type Simulation, simulate } from './simulate/simulate.ts'
import { SLOWEST_COPY_MS } from './simulate/world.ts'

/** What must hold, each with a name for its runs. */
export const RIGHT = {
  'faults between the regions, requests passed on': { story: 'steady', requests: 'proxy' },
  'faults between the regions, the other table used': { story: 'steady', requests: 'table' },
  'a planned change of homes': { story: 'planned' },
  'a region cut off, stopped and taken over': { story: 'takeover' },
  'its return with the old homes': { story: 'return' },
} as const satisfies Readonly<Record<string, Omit<Simulation, 'seed'>>>

/** The mistakes, each in a story that it spoils. */
export const WRONG: Readonly<Record<Mistake, Omit<Simulation, 'seed'>>> = {
  'no homes': { story: 'steady' },
  'not paused': { story: 'planned' },
  'copies not awaited': { story: 'planned' },
  'not stopped': { story: 'takeover' },
  'not compared': { story: 'return' },
}

/** How long a region may be cut off before it is stopped, milliseconds. */
const CUT_OFF_MS = 1050

export interface Checked extends Simulated {
  readonly report: Report
  /** Why the run does not hold. */
  readonly reasons: readonly string[]
}

/** Makes and checks one run. */
export async function check(simulation: Simulation): Promise<Checked> {
  const simulated = await simulate(simulation)
  const report = checkHistory(simulated.history, { shrinkMs: 0 })
  const { loss, differing } = simulated
  const reasons = [...brokenBy(report), ...report.coverage.reasons]
  if (simulation.story !== 'takeover' && differing.length > 0)
    reasons.push(`${differing.length} items differ between the regions in the end`)
  // Nothing is lost that had time to be copied.
  if (loss !== undefined && loss.oldestMs > SLOWEST_COPY_MS + CUT_OFF_MS)
    reasons.push(`a change was lost that had been made ${loss.oldestMs} ms before`)
  if (report.verdict !== 'holds' && reasons.length === 0) reasons.push(report.verdict)
  return { ...simulated, report, reasons }
}
