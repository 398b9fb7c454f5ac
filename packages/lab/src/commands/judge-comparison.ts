import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { provesNothing } from '../results/enough-blocks.ts'
import { comparisonFigures } from '../results/figures.ts'
import { type Checked, check } from '../results/thresholds/check.ts'
import type { CommandIo } from '../terminal/io.ts'
import type { CompareSettings } from './compare-settings.ts'

/** What is wrong with a comparison, one line each. */
export interface Judgement {
  readonly failures: readonly string[]
  /** Why the run is inconclusive. */
  readonly invalid: readonly string[]
  readonly checked: readonly Checked[]
}

export function judge(
  parts: ComparisonParts,
  conditions: CompareSettings['conditions'],
): Judgement {
  const { quick_look, consistency, load, requirements, environment } = parts
  const failures = [
    failureLine(
      quick_look.filter(({ success }) => !success).length,
      quick_look.length,
      'operations',
    ),
    failureLine(
      consistency.filter(({ success }) => !success).length,
      consistency.length,
      'consistency scenarios',
    ),
    ...(load === null
      ? []
      : [
          sumLine(
            load.slots.map(({ result }) => result.overall),
            'operations under load',
          ),
        ]),
    ...(requirements === undefined ? [] : [requirementsLine(requirements, environment.sides)]),
  ].filter((line) => line !== null)
  const figures = comparisonFigures.of(parts)
  const checked = conditions.map((condition) => check(condition, figures))
  const invalid = [
    ...checked.flatMap(({ condition, outcome }) =>
      outcome === 'not_measurable' ? [`${condition}: not enough samples`] : [],
    ),
    load === null
      ? null
      : provesNothing(
          load,
          environment.sides.map(({ key }) => key),
        ),
    unmeasuredSides(requirements),
  ].filter((reason) => reason !== null)
  return { failures, invalid, checked }
}

/** Prints a judgement and returns the exit code: an inconclusive run is invalid, whatever else it shows. */
export function printJudgement({ failures, invalid, checked }: Judgement, io: CommandIo): ExitCode {
  for (const line of failures) io.err(line)
  for (const { condition, outcome, left, right } of checked)
    if (outcome !== 'not_measurable')
      io.err(`condition ${outcome.replace('_', ' ')}: ${condition} (${left} and ${right})`)
  for (const reason of invalid) io.err(`invalid: ${reason}`)
  if (invalid.length > 0) return EXIT.invalidRun
  const met = checked.some(({ outcome }) => outcome === 'met')
  return failures.length > 0 || met ? EXIT.checkFailed : EXIT.good
}

/** The services without figures for 100 shoppers, which every cart service can serve; `null` if there are none. */
function unmeasuredSides(requirements: ComparisonParts['requirements']): string | null {
  const sides = requirements?.sides ?? []
  const none = sides.filter(({ hundred_shoppers }) => hundred_shoppers === null)
  return none.length === 0
    ? null
    : `100 shoppers could not be measured on ${none.map(({ side }) => side).join(', ')}`
}

function requirementsLine(
  { sides }: NonNullable<ComparisonParts['requirements']>,
  described: ComparisonParts['environment']['sides'],
): string | null {
  const runs = sides.flatMap(({ side, hundred_shoppers, fifty_lines, history }) => {
    // Other cart services may have no lists.
    const listing = described.find(({ key }) => key === side)?.store !== null
    return [
      ...[hundred_shoppers, fifty_lines].flatMap((result) => result?.overall ?? []),
      ...(listing ? history : history.filter(({ mean }) => mean !== null)),
    ]
  })
  return sumLine(runs, 'operations for the requirements')
}

function sumLine(
  runs: readonly { readonly failed: number; readonly count: number }[],
  what: string,
): string | null {
  const sum = (of: 'failed' | 'count') => runs.reduce((total, run) => total + run[of], 0)
  return failureLine(sum('failed'), sum('count'), what)
}

function failureLine(failed: number, of: number, what: string): string | null {
  return failed === 0 ? null : `failed: ${failed} of ${of} ${what}`
}
