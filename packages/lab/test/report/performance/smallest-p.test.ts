import { expect, it } from 'vitest'
import { smallestNotes } from '../../../src/report/performance/ratio-section.ts'
import { compareBlocks } from '../../../src/stats/compare-blocks.ts'

const times = (change: (block: number) => number) =>
  Array.from({ length: 8 }, (_, block) => 10 + change(block))

it('p-values that are the smallest possible are said to be so', () => {
  const a = times((block) => block / 10)
  const slower = { name: 'overall.p50', a, b: times((block) => 5 + block / 7) }
  const alike = { name: 'overall.p99', a, b: times((block) => (block % 2 === 0 ? 1 : -1)) }
  expect(smallestNotes({ comparisons: compareBlocks([alike]) })).toEqual([])
  const [note = ''] = smallestNotes({ comparisons: compareBlocks([slower, alike]) })
  expect(note).toContain('p is the smallest that so many blocks can give')
  expect(note).not.toContain('every figure')
  const [all = ''] = smallestNotes({ comparisons: compareBlocks([slower]) })
  expect(all).toContain('every figure')
})
