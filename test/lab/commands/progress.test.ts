import { describe, expect, it } from 'vitest'
import { createProgress } from '../../../lab/terminal/progress.ts'
import { recordingIo } from './commands-support.ts'

describe('the progress line', () => {
  it('redraws itself on a terminal for every percent, and is erased at the end', () => {
    const written: string[] = []
    const io = recordingIo()
    const terminal = { write: (text: string) => void written.push(text), columns: 80 }
    const progress = createProgress(io, 'perf', terminal)
    for (let done = 1; done <= 1000; done++) progress.update(done, 1000)
    progress.clear()
    expect(written).toHaveLength(101)
    expect(written[0]).toBe('\r\u001b[2Kperf: 10 of 1000 (1 %)')
    expect(written[99]).toBe('\r\u001b[2Kperf: 1000 of 1000 (100 %)')
    expect(written[100]).toBe('\r\u001b[2K')
    expect(io.stderr).toEqual([])
  })

  it('is a plain line for every quarter elsewhere', () => {
    const io = recordingIo()
    const progress = createProgress(io, 'consistency', null)
    for (let done = 1; done <= 8; done++) progress.update(done, 8)
    progress.clear()
    expect(io.stderr).toEqual([
      'consistency: 2 of 8 (25 %)',
      'consistency: 4 of 8 (50 %)',
      'consistency: 6 of 8 (75 %)',
      'consistency: 8 of 8 (100 %)',
    ])
  })
})
