import { provesNothing } from '../compare/measure-load.ts'
import type { Parts } from '../compare/results-folder.ts'
import { comparisonFigures } from '../results/figures.ts'
import { check } from '../thresholds/check.ts'
import type { CompareSettings } from './compare-settings.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { CommandIo } from './io.ts'

/** Says what failed; a run that proves nothing is invalid, whatever else it shows. */
export function judge(
  parts: Parts,
  conditions: CompareSettings['conditions'],
  io: CommandIo,
): ExitCode {
  const { quick_look, consistency, load, environment } = parts
  const failures = [
    tell(quick_look.filter(({ success }) => !success).length, quick_look.length, 'operations'),
    tell(
      consistency.filter(({ success }) => !success).length,
      consistency.length,
      'consistency scenarios',
    ),
    ...(load === null ? [] : [tellLoad(load.slots.map(({ result }) => result.overall))]),
  ].filter((line) => line !== null)
  for (const line of failures) io.err(line)
  const figures = comparisonFigures.of(parts)
  const checked = conditions.map((condition) => check(condition, figures))
  for (const { condition, outcome, left, right } of checked) {
    if (outcome === 'met') io.err(`condition met: ${condition} (${left} and ${right})`)
    if (outcome === 'not_measurable')
      io.err(`invalid: ${condition}: too little was measured to say`)
  }
  const keys = environment.sides.map(({ key }) => key)
  const nothing = load === null ? null : provesNothing(load, keys)
  if (nothing !== null) io.err(`invalid: ${nothing}`)
  if (nothing !== null || checked.some(({ outcome }) => outcome === 'not_measurable'))
    return EXIT.invalidRun
  const met = checked.some(({ outcome }) => outcome === 'met')
  return failures.length > 0 || met ? EXIT.checkFailed : EXIT.good
}

function tellLoad(slots: readonly { readonly failed: number; readonly count: number }[]) {
  const sum = (of: 'failed' | 'count') => slots.reduce((total, slot) => total + slot[of], 0)
  return tell(sum('failed'), sum('count'), 'operations under load')
}

function tell(failed: number, of: number, what: string): string | null {
  return failed === 0 ? null : `failed: ${failed} of ${of} ${what}`
}
