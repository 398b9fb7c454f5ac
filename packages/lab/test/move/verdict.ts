import { type CheckOptions, checkHistory, type Report } from '@pushcart/histories'
import type { MovingParts } from '../../../service/src/store/moving/moving-parts.ts'
import { type Sleep, wrongMovers } from '../../../service/test/move/wrong/wrong-movers.ts'
import type { MoveOfFleet } from '../../src/commands/consistency-move.ts'
import { simulate } from './simulate/simulate.ts'

export const WRONG_MOVERS: readonly string[] = Object.keys(wrongMovers())

export interface Checked {
  readonly report: Report
  /** What movers said that they must not say. */
  readonly failures: readonly string[]
  /** Of a fleet of processes. */
  readonly move?: MoveOfFleet | undefined
}

/** Only detection matters. */
const QUICK: CheckOptions = { shrinkMs: 0 }

/** Checks a simulated run of the mover, or of the deliberately faulty one of that name. */
export async function checkSimulated(seed: number, name?: string): Promise<Checked> {
  const parts = name === undefined ? {} : { parts: (sleep: Sleep) => partsOf(name, sleep) }
  const { history, failures } = await simulate({ seed, ...parts })
  return { report: checkHistory(history, QUICK), failures }
}

function partsOf(name: string, sleep: Sleep): MovingParts {
  const parts = wrongMovers(sleep)[name]
  if (parts === undefined) throw new Error(`${name} is no faulty mover`)
  return parts
}

/** The guarantees that a report shows to be violated, each with its anomaly. */
export function brokenBy({ findings }: Report): string[] {
  const broken = findings
    .filter(({ promised, verdict }) => promised && verdict === 'violated')
    .flatMap(({ guarantee, violations }) =>
      violations.map(({ anomaly }) => `${guarantee}: ${anomaly}`),
    )
  return [...new Set(broken)]
}

/** The reasons why a run does not hold. */
export function reasonsOf({ report, failures }: Checked): string[] {
  const undecided = report.findings.flatMap(({ promised, reason }) =>
    promised && reason !== null ? [reason] : [],
  )
  return [...failures, ...brokenBy(report), ...report.coverage.reasons, ...undecided]
}
