import type { Verdict } from '@pushcart/histories'
import { type Explained, spaced } from '../guarantees/words.ts'

/** One condition or guarantee, for a pipeline that decides by it. */
export interface PipelineCheck {
  /** What it belongs to, such as `conditions` or the name of a store. */
  readonly group: string
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'inconclusive'
  /** Why, in one line; empty if there is nothing to say. */
  readonly detail: string
}

/** What a pipeline shows of a run. Contains no address, header or path. */
export interface PipelineReport {
  readonly title: string
  /** The verdict in a sentence. */
  readonly headline: string
  /** The first row has the names of the columns. */
  readonly table: readonly (readonly string[])[]
  readonly checks: readonly PipelineCheck[]
  /** What to look at, one line each. */
  readonly hints: readonly string[]
}

/** The guarantees of a history as checks: those that are promised. */
export function guaranteeChecks({ report }: Explained, group: string): PipelineCheck[] {
  return report.findings
    .filter(({ promised }) => promised)
    .map(({ guarantee, read_mode, verdict, violation_count, reason }) => ({
      group,
      name: `${spaced(guarantee)}, ${read_mode}`,
      outcome: outcomeOf(verdict),
      detail: verdict === 'violated' ? `${violation_count} violations` : (reason ?? ''),
    }))
}

function outcomeOf(verdict: Verdict): PipelineCheck['outcome'] {
  if (verdict === 'holds') return 'passed'
  return verdict === 'violated' ? 'failed' : 'inconclusive'
}
