import { expect, test } from 'vitest'
import { createCompareView, createMachineCompareView } from '../../../lab/commands/compare-view.ts'
import type { RunProgress } from '../../../lab/load/run-load.ts'
import { recordingIo } from './commands-support.ts'

const at = (elapsed_s: number): RunProgress => ({
  phase: 'run',
  elapsed_s,
  total_s: 4,
  total_operations: null,
  warming_up: false,
  operations: 200,
  errors: 1,
  rate: 200,
  p50: 2.11,
  p99: 8,
})

/** A view on a terminal, with a manual clock. */
function onTerminal(columns: number) {
  const io = recordingIo()
  const written: string[] = []
  const clock = { ms: 0 }
  const terminal = { write: (text: string) => void written.push(text), columns }
  return { io, written, clock, view: createCompareView(io, terminal, () => clock.ms) }
}

test('a terminal shows the progress of all blocks, their remaining time, and the figures of the current run', () => {
  const { io, written, clock, view } = onTerminal(120)
  view.load('block 1 of 10, PostgreSQL', at(0), { of: 'blocks', done: 0, total: 20 })
  clock.ms = 30_000
  view.load('block 3 of 10, PostgreSQL', at(2), { of: 'blocks', done: 4, total: 20 })
  view.clear()
  expect(written.map((text) => text.replace('\r\u001b[2K', ''))).toEqual([
    'block 1 of 10, PostgreSQL: 0 % of the blocks  200/s  p50 2.1 ms  p99 8.0 ms  200 operations  1 error',
    'block 3 of 10, PostgreSQL: 22 % of the blocks, 103 s left  200/s  p50 2.1 ms  p99 8.0 ms  200 operations  1 error',
    '',
  ])
  expect(io.stderr).toEqual([])
})

test('an invalid block is reported between the lines of the runs', () => {
  const io = recordingIo()
  const view = createCompareView(io, null)
  view.load('block 1 of 1, A', at(4))
  view.invalid(0, 'the generator was busy')
  view.load('block 2 of 2, A', at(4))
  view.clear()
  expect(io.stderr.map((line) => line.slice(0, 70))).toEqual([
    expect.stringMatching(/^compare: block 1 of 1, A/),
    'compare: block 1 is invalid (the generator was busy) and will be repea',
    expect.stringMatching(/^compare: block 2 of 2, A/),
  ])
})

test('the remaining time of the runs after the blocks is estimated separately', () => {
  const { written, clock, view } = onTerminal(120)
  view.load('block 10 of 10, PostgreSQL', at(4), { of: 'blocks', done: 19, total: 20 })
  clock.ms = 60_000
  view.load('100 a second, PostgreSQL', at(0), { of: 'runs', done: 0, total: 10 })
  clock.ms = 80_000
  view.load('400 a second, PostgreSQL', at(2), { of: 'runs', done: 2, total: 10 })
  expect(written.at(-1)).toContain('400 a second, PostgreSQL: 25 % of the further runs, 60 s left')
})

test('a narrow terminal drops words before figures', () => {
  const { written, clock, view } = onTerminal(60)
  view.load('block 1 of 10, DynamoDB (eventual reads)', at(0), { of: 'blocks', done: 0, total: 20 })
  clock.ms = 30_000
  view.load('block 3 of 10, DynamoDB (eventual reads)', at(2), { of: 'blocks', done: 4, total: 20 })
  const line = written.at(-1)?.replace('\r\u001b[2K', '') ?? ''
  expect(line).toBe('block 3 of 10: 22 % 103 s left 200/s p50 2.1 p99 8.0 1 err')
  expect(line.length).toBeLessThan(60)
})

test('a log has one line with the last state of each run, and one for each phase without figures', () => {
  const io = recordingIo()
  let ms = 0
  const view = createCompareView(io, null, () => ms)
  view.load(
    'block 1 of 1, A',
    { phase: 'prepare', done: 5, total: 10 },
    { of: 'blocks', done: 0, total: 2 },
  )
  for (const second of [1, 4])
    view.load('block 1 of 1, A', at(second), { of: 'blocks', done: 0, total: 2 })
  ms = 5000
  for (const second of [1, 4])
    view.load('block 1 of 1, B', at(second), { of: 'blocks', done: 1, total: 2 })
  view.load('carts alone, A', null)
  view.load('100 shoppers, A', at(3))
  view.clear()
  const figures = '200/s  p50 2.1 ms  p99 8.0 ms  200 operations  1 error'
  expect(io.stderr).toEqual([
    `compare: block 1 of 1, A: 50 % of the blocks  ${figures}`,
    `compare: block 1 of 1, B: 100 % of the blocks, 0 s left  ${figures}`,
    'compare: carts alone, A',
    `compare: 100 shoppers, A: 3 of 4 s (75 %), 1 s left  ${figures}`,
  ])
})

test('--json prints one JSON object per line', () => {
  const io = recordingIo()
  const view = createMachineCompareView(io)
  view.quick(3, 10)
  view.load('block 1 of 1, A', at(1), { of: 'blocks', done: 0, total: 2 })
  view.load('carts alone, A', null)
  expect(io.stdout.map((line) => JSON.parse(line))).toEqual([
    { type: 'progress', phase: 'quick look', done: 3, total: 10 },
    { type: 'progress', phase: 'block 1 of 1, A', load: at(1), blocks: { done: 0, total: 2 } },
    { type: 'progress', phase: 'carts alone, A', load: null },
  ])
  expect(io.stderr).toEqual([])
})
