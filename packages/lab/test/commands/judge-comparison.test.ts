import { expect, test } from 'vitest'
import { madeUpComparison, twoSides } from '../../../../test/support/comparison.ts'
import { loadResult } from '../../../../test/support/load-result.ts'
import { judge, printJudgement } from '../../src/commands/judge-comparison.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import type { RequirementsPart } from '../../src/results/schemas.ts'
import { POSTGRES, side } from '../report/fixtures.ts'
import { recordingIo } from './commands-support.ts'

const PARTS = madeUpComparison(twoSides(POSTGRES, 1, side('other', 'Other'), 2))
const GOOD = loadResult({})

/** Judges a comparison whose first target has these requirements runs. */
function judged(
  change: Partial<RequirementsPart['sides'][number]>,
  environment = PARTS.environment,
) {
  const whole = { side: POSTGRES.key, hundred_shoppers: GOOD, fifty_lines: GOOD, history: [] }
  const requirements = {
    sides: [
      { ...whole, ...change },
      { ...whole, side: 'other' },
    ],
  }
  const io = recordingIo()
  return {
    code: printJudgement(judge({ ...PARTS, environment, requirements }, []), io),
    printed: io.stderr,
  }
}

function listed(failed: number, mean: number | null) {
  return {
    request: 'list_carts' as const,
    count: 100,
    failed,
    mean,
    p50: mean,
    p95: mean,
    max: mean,
  }
}

test('failed requests in the runs for the requirements fail the comparison', () => {
  expect(judged({})).toEqual({ code: EXIT.good, printed: [] })
  const lost = { ...GOOD, overall: { ...GOOD.overall, failed: 2 } }
  const { code, printed } = judged({ hundred_shoppers: lost, history: [listed(1, 3)] })
  expect(code).toBe(EXIT.checkFailed)
  expect(printed.join()).toMatch(/^failed: 3 of \d+ operations for the requirements$/)
})

test('lists that always fail are failures, except for a service that may have no lists', () => {
  const history = [listed(100, null)]
  expect(judged({ history }).code).toBe(EXIT.checkFailed)
  const [stranger = POSTGRES, ...others] = PARTS.environment.sides
  const sides = [{ ...stranger, store: null }, ...others]
  expect(judged({ history }, { ...PARTS.environment, sides }).code).toBe(EXIT.good)
})

test('missing figures of 100 shoppers make the run inconclusive', () => {
  const { code, printed } = judged({ hundred_shoppers: null })
  expect(code).toBe(EXIT.invalidRun)
  expect(printed).toEqual([`invalid: 100 shoppers could not be measured on ${POSTGRES.key}`])
})
