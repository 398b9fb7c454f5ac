import { proseText } from '../page/document.ts'
import type { ReportModel } from '../report/model.ts'
import type { PipelineCheck, PipelineReport } from '../report/pipeline/checks.ts'
import type { Judgement } from './judge-comparison.ts'

/** What a pipeline shows of a comparison: the headline, the last table of the terminal, and every condition. */
export function comparisonForPipeline(
  { verdict, summary }: ReportModel,
  { checked, failures, invalid }: Judgement,
): PipelineReport {
  const table = summary.at(-1)?.table
  const conditions = checked.map(
    ({ condition, outcome, left, right }): PipelineCheck => ({
      group: 'conditions',
      name: `not ${condition}`,
      outcome: OUTCOMES[outcome],
      detail: outcome === 'not_measurable' ? 'not enough samples' : `${left} and ${right}`,
    }),
  )
  const named = (lines: readonly string[], outcome: PipelineCheck['outcome']) =>
    lines.map((detail): PipelineCheck => ({ group: 'run', name: detail, outcome, detail }))
  return {
    title: 'pushcart compare',
    headline: proseText(verdict.headline),
    table:
      table === undefined
        ? []
        : [
            table.columns.map(({ text }) => text),
            ...table.rows.map(({ cells }) => cells.map(({ text }) => text)),
          ],
    checks: [...conditions, ...named(failures, 'failed'), ...named(invalid, 'inconclusive')],
    hints: [
      ...(verdict.warning === null ? [] : [verdict.warning]),
      ...verdict.points.map(proseText),
      'Everything else is in report.html in the output folder.',
    ],
  }
}

const OUTCOMES = { met: 'failed', not_met: 'passed', not_measurable: 'inconclusive' } as const
