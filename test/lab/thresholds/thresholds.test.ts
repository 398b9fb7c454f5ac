import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../lab/errors/usage-error.ts'
import { check, requireKnownPaths } from '../../../lab/thresholds/check.ts'
import { parseCondition } from '../../../lab/thresholds/parse.ts'
import { readConditions } from '../../../lab/thresholds/read-conditions.ts'
import { ownFolder } from '../commands/commands-support.ts'

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

test('the values of both expressions are reported', () => {
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

test('an unknown figure is refused by name', () => {
  const condition = parseCondition('c.get_cart.p99 > 1')
  expect(() => requireKnownPaths(condition, FIGURES.keys())).toThrow(
    /unknown figure c\.get_cart\.p99/,
  )
  expect(() => requireKnownPaths(parseCondition('b.error_rate > 1'), FIGURES.keys())).not.toThrow()
})

describe('a file of conditions', () => {
  const fileOf = async (text: string) => {
    const path = join(await ownFolder(), 'limits.txt')
    await writeFile(path, text)
    return path
  }

  test('has one condition per line; empty lines and comments are ignored', async () => {
    const path = await fileOf(
      '# what the shop needs\r\nb.get_cart.p99 > 50\n\n  b.error_rate > 0.001\n',
    )
    expect(readConditions(`@${path}`).map(({ text }) => text)).toEqual([
      'b.get_cart.p99 > 50',
      'b.error_rate > 0.001',
    ])
    expect(readConditions('b.error_rate > 0')).toHaveLength(1)
  })

  test.each([
    [
      'b.get_cart.p99 > 50\nb.p99 = 3\n',
      /^fail-if: .*limits\.txt:2: condition "b\.p99 = 3": cannot/,
    ],
    ['# nothing\n', /^fail-if: no conditions in .*limits\.txt$/],
  ])('%j is refused with the line number', async (text, message) => {
    const path = await fileOf(text)
    expect(() => readConditions(`@${path}`)).toThrow(UsageError)
    expect(() => readConditions(`@${path}`)).toThrow(message)
  })

  test('that is not there is refused by its name', () => {
    expect(() => readConditions('@none.txt')).toThrow('fail-if: none.txt: no such file')
    expect(() => readConditions('@/')).toThrow('fail-if: /: it is a folder')
  })
})
