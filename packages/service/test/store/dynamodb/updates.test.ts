import { describe, expect, it } from 'vitest'
import { expressionsOf } from '../../../src/store/dynamodb/send.ts'
import { addUpdate, fitsOneUpdate, ONE_UPDATE_LINES } from '../../../src/store/dynamodb/updates.ts'
import { keyed, line } from '../../contract/fixtures.ts'

// dynalite checks expressions for reserved words and overlapping paths, so the contract suite covers
// those; these are the rules of Amazon's that it does not know.
describe('the largest add that is one update', () => {
  const lines = Array.from({ length: ONE_UPDATE_LINES }, (_, i) => line(`${i}`.padEnd(64, 'é')))
  const update = addUpdate(lines, keyed('k'))
  const { UpdateExpression, ConditionExpression } = expressionsOf(update)

  it.each([
    ['update', UpdateExpression],
    ['condition', ConditionExpression],
  ])('keeps its %s within 4 KB and 300 operators', (_which, expression) => {
    expect(Buffer.byteLength(expression)).toBeLessThanOrEqual(4096)
    expect(
      expression.match(/attribute_\w+|if_not_exists|size|<=|>|<|=|\+|AND|OR/g)?.length,
    ).toBeLessThanOrEqual(300)
  })

  it('keeps names within 255 characters', () => {
    for (const name of Object.values(update.names)) expect(name.length).toBeLessThanOrEqual(255)
  })

  it('is not made larger', () => {
    expect(fitsOneUpdate(lines)).toBe(true)
    expect(fitsOneUpdate([...lines, line('one more')])).toBe(false)
  })
})
