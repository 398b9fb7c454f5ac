import { describe, expect, it } from 'vitest'
import { createLiveView, createMachineView } from '../../lab/commands/live-view.ts'
import type { RunProgress } from '../../lab/load/run-load.ts'

const at = (elapsed_s: number, more: Partial<RunProgress> = {}): RunProgress => ({
  phase: 'run',
  elapsed_s,
  total_s: 70,
  total_operations: null,
  warming_up: false,
  operations: 2400,
  errors: 3,
  rate: 199.6,
  p50: 2.11,
  p99: null,
  ...more,
})

function recorded() {
  const lines: string[] = []
  return {
    lines,
    err: (line: string) => void lines.push(line),
    out: (line: string) => void lines.push(line),
  }
}

describe('the live view', () => {
  it('is one line that is redrawn and finally erased on a terminal', () => {
    const io = recorded()
    const written: string[] = []
    const view = createLiveView(io, { write: (text) => void written.push(text), columns: 120 })
    view.update(at(12))
    view.update(at(13))
    view.clear()
    expect(written).toEqual([
      '\r\u001b[2Kperf: 12 of 70 s (17 %), 58 s left  200/s  p50 2.1 ms  p99 -  2400 operations  3 errors',
      '\r\u001b[2Kperf: 13 of 70 s (18 %), 57 s left  200/s  p50 2.1 ms  p99 -  2400 operations  3 errors',
      '\r\u001b[2K',
    ])
    expect(io.lines).toEqual([])
  })

  it.each([
    [
      100,
      'perf: 12 of 70 s (17 %), 58 s left  200/s  p50 2.1 ms  p99 -  2400 operations  3 errors',
    ],
    [80, 'perf: 12 of 70 s (17 %), 58 s left  200/s  p50 2.1 ms  p99 -  3 errors'],
    [60, 'perf: 17 % 58 s left  200/s  p50 2.1 ms  p99 -  3 errors'],
    [50, 'perf: 17 % 58 s left 200/s p50 2.1 p99 - 3 err'],
    [25, '17 % 58 s left 200/s p50 2.1 p99 - 3 err'],
  ])('keeps the figures on a terminal of %i columns', (columns, line) => {
    const written: string[] = []
    const view = createLiveView(recorded(), { write: (text) => void written.push(text), columns })
    view.update(at(12))
    expect(written).toEqual([`\r\u001b[2K${line.slice(0, columns - 1)}`])
  })

  it('is a plain line for every tenth elsewhere', () => {
    const io = recorded()
    const view = createLiveView(io, null)
    for (let done = 0; done <= 1000; done++) view.update({ phase: 'prepare', done, total: 1000 })
    for (let second = 0; second <= 70; second += 0.5)
      view.update(at(second, { warming_up: second < 10 }))
    expect(io.lines).toHaveLength(20)
    expect(io.lines[0]).toBe('perf: prepared 100 of 1000 carts')
    expect(io.lines[10]).toMatch(/^perf: 7 of 70 s \(10 %\) warm-up, 63 s left/)
    expect(io.lines[19]).toMatch(/^perf: 70 of 70 s \(100 %\), 0 s left/)
  })

  it('counts operations if they end the run', () => {
    const io = recorded()
    const counted = { total_s: null, total_operations: 5000 }
    createLiveView(io, null).update(at(12, counted))
    expect(io.lines[0]).toMatch(/^perf: 12 s \(48 %\), 13 s left/)
  })

  it('is one JSON object per line with --json', () => {
    const io = recorded()
    createMachineView(io).update({ phase: 'prepare', done: 3, total: 4 })
    expect(io.lines).toEqual(['{"type":"progress","phase":"prepare","done":3,"total":4}'])
  })
})
