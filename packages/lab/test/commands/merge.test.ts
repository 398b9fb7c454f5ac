import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareCommand } from '../../src/commands/compare.ts'
import { compareRunsCommand } from '../../src/commands/compare-runs.ts'
import { mergeCommand } from '../../src/commands/merge.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { samplePart } from '../load/sample-part.ts'
import { ownFolder, runRecorded } from './commands-support.ts'

/** The files of both parts of a load, and an older result. */
async function twoParts() {
  const folder = await ownFolder()
  const files = [join(folder, 'part-1.json'), join(folder, 'part-2.json')] as const
  for (const [index, file] of files.entries())
    await writeFile(file, JSON.stringify(samplePart(index + 1).part))
  const output = join(folder, 'perf.json')
  await writeFile(output, 'an older result')
  await writeFile(join(folder, 'other.json'), 'no part')
  const merge = (wanted: readonly string[]) =>
    runRecorded((io) => mergeCommand(wanted, { output }, io))
  return { folder, files, output, merge }
}

describe('merge', () => {
  it('writes a result that report and compare take', async () => {
    const { folder, files, output, merge } = await twoParts()
    const { code, stdout } = await merge(files)
    // Twenty of the operations failed.
    expect(code).toBe(1)
    expect(stdout.at(-1)).toBe(`result written to ${output}`)
    const result = JSON.parse(await readFile(output, 'utf8'))
    expect(result.overall).toMatchObject({ count: 2000, failed: 20 })
    const report = await runRecorded((io) => reportCommand(output, {}, io))
    expect(report.code).toBe(0)
    const newer = join(folder, 'newer.json')
    const later = { ...result, started_at: '2026-12-01T00:00:00.000Z' }
    await writeFile(newer, JSON.stringify(later))
    const compared = await runRecorded((io) =>
      compareRunsCommand([output, newer], { output: folder }, io),
    )
    expect([compared.code, compared.stderr]).toEqual([0, []])
  })

  it.each([
    ['a part that was never run', 'part-3.json', 'part-3.json: no such file'],
    ['a part alone', null, 'merge: part 2 of 2 is missing'],
    ['a file that is no part', 'other.json', 'other.json: '],
  ])('refuses %s in one line, and overwrites nothing', async (_, other, why) => {
    const { folder, files, output, merge } = await twoParts()
    const { code, stdout, stderr } = await merge([
      files[0],
      ...(other === null ? [] : [join(folder, other)]),
    ])
    expect([code, stdout, stderr.length]).toEqual([3, [], 1])
    expect(stderr[0]).toContain(why)
    expect(await readFile(output, 'utf8')).toBe('an older result')
  })
})

describe('merge of a file that was edited or damaged', () => {
  type Part = ReturnType<typeof samplePart>['part']

  /** Replaces fields of the first generator's report, or of its gets. */
  const report = (change: object) => (part: Part) => {
    Object.assign(part.generators[0] ?? {}, change)
  }
  const gets = (change: object) => (part: Part) => {
    Object.assign(part.generators[0]?.tallies.get_cart ?? {}, change)
  }

  it.each<[string, (part: Part) => void, RegExp]>([
    ['another rate', ({ spec }) => Object.assign(spec, { rate: 3000 }), /schedule_sha256 is not/],
    ['no outcomes', gets({ outcomes: [] }), /get_cart has 0 timed outcomes and \d+ times/],
    ['a damaged histogram', gets({ response: 'AAAA' }), /a histogram of get_cart is damaged/],
    ['too many successes', report({ ok_in_time: 1e9 }), /ok_in_time is 1000000000, with \d+/],
    ['no time', report({ started_at: 'yesterday' }), /started_at is no time/],
    ['another timeout', ({ spec }) => Object.assign(spec, { timeout_ms: 1234 }), /timeout_ms is/],
  ])('is refused: %s', async (_, change, why) => {
    const { files, output, merge } = await twoParts()
    const part = JSON.parse(await readFile(files[0], 'utf8'))
    change(part)
    await writeFile(files[0], JSON.stringify(part))
    const { code, stderr } = await merge(files)
    expect([code, stderr.length]).toEqual([3, 1])
    expect(stderr[0]).toMatch(why)
    expect(await readFile(output, 'utf8')).toBe('an older result')
  })

  it('never overwrites a part', async () => {
    const { files } = await twoParts()
    const before = await readFile(files[0], 'utf8')
    const { code, stderr } = await runRecorded((io) =>
      mergeCommand(files, { output: files[0] }, io),
    )
    expect([code, stderr]).toEqual([3, [`error: output: ${files[0]} is one of the files to read`]])
    expect(await readFile(files[0], 'utf8')).toBe(before)
  })
})

describe('more generators than connections', () => {
  const load = { rate: 100, connections: 4, generators: 8 }
  const words = 'error: generators: 8 generators require as many connections (got 4)'

  it('are refused by perf before anything is sent or overwritten', async () => {
    const { output } = await twoParts()
    const { code, stdout, stderr } = await runRecorded((io) =>
      perfCommand({ host: 'http://127.0.0.1:1', output, ...load }, io),
    )
    expect([code, stdout, stderr]).toEqual([3, [], [words]])
    expect(await readFile(output, 'utf8')).toBe('an older result')
  })

  it('are refused by compare', async () => {
    const url = 'http://127.0.0.1:1'
    const { code, stderr } = await runRecorded((io) =>
      compareCommand({ a: url, b: url, ...load }, io),
    )
    expect([code, stderr]).toEqual([3, [words]])
  })
})
