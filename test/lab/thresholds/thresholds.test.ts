import { expect, test } from 'vitest'
import { UsageError } from '../../../lab/http/usage-error.ts'
import { check, requireKnownPaths } from '../../../lab/thresholds/check.ts'
import { parseCondition } from '../../../lab/thresholds/parse.ts'

const FIGURES = new Map([
  ['a.get_cart.p99', 10],
  ['b.get_cart.p99', 13],
  ['b.get_cart.p999', null],
  ['b.error_rate', 0],
])
const outcome = (text: string) => check(parseCondition(text), FIGURES).outcome

test.each([
  ['b.get_cart.p99 > 1.2 * a.get_cart.p99', 'met'],
  ['b.get_cart.p99>1.3*a.get_cart.p99', 'not_met'],
  ['b.get_cart.p99 >= 1.3 * a.get_cart.p99', 'met'],
  ['a.get_cart.p99 + 2 * 2 < 14.5', 'met'],
  ['(a.get_cart.p99 + 2) * 2 < 14.5', 'not_met'],
  ['20 - 5 - 5 <= a.get_cart.p99', 'met'],
  ['b.error_rate > 1e-3', 'not_met'],
  ['b.get_cart.p999 > 0', 'not_measurable'],
  ['a.get_cart.p99 / b.error_rate > 1', 'not_measurable'],
])('%s: %s', (text, expected) => expect(outcome(text)).toBe(expected))

test('both sides of the comparison are told', () => {
  const checked = check(parseCondition('b.get_cart.p99 > 1.2 * a.get_cart.p99'), FIGURES)
  expect(checked).toMatchObject({ left: 13, right: 12 })
})

test.each([
  ['', 'a number or a figure such as a.get_cart.p99 expected at the end'],
  ['a.p99', '<, <=, > or >= expected at the end'],
  ['a.p99 > ', 'a number or a figure such as a.get_cart.p99 expected at the end'],
  ['a.p99 > 1 2', 'the end expected before "2"'],
  ['(a.p99 > 1', '")" expected before "> 1"'],
  ['a.p99 == 1', 'cannot read "== 1"'],
  ['a.p99 > 1 > 2', 'the end expected before "> 2"'],
])('%s is refused: %s', (text, reason) => {
  expect(() => parseCondition(text)).toThrow(UsageError)
  expect(() => parseCondition(text)).toThrow(reason)
})

test('a figure that no result has is refused by its name', () => {
  const condition = parseCondition('c.get_cart.p99 > 1')
  expect(() => requireKnownPaths(condition, FIGURES.keys())).toThrow(/no figure c\.get_cart\.p99/)
  expect(() => requireKnownPaths(parseCondition('b.error_rate > 1'), FIGURES.keys())).not.toThrow()
})
