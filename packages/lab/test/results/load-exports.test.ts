import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HistogramLogReader } from 'hdr-histogram-js'
import { expect, onTestFinished, test } from 'vitest'
import { compareRunsCommand } from '../../src/commands/compare-runs.ts'
import { exportCommand } from '../../src/commands/export.ts'
import { buildResult } from '../../src/load/build-result.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { decodeHistogram } from '../../src/stats/histogram.ts'
import { runRecorded } from '../commands/commands-support.ts'
import { sampleReport } from '../load/sample-report.ts'

const SPEC = completeSpec({ rate: 100, duration_s: 10, warmup_s: 2 })

async function folderWith(keepsTimes: boolean) {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-export-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const result = buildResult(SPEC, 'http://one.example', sampleReport(), { keepsTimes })
  const path = join(folder, 'perf.json')
  await writeFile(path, JSON.stringify(result))
  return { folder, path, result }
}

test('a result is exported as files that HdrHistogram reads', async () => {
  const { folder, path, result } = await folderWith(true)
  const { code } = await runRecorded((io) => exportCommand(path, {}, io))
  expect(code).toBe(0)
  expect((await readdir(folder)).sort()).toEqual([
    'perf.add_items.hgrm',
    'perf.csv',
    'perf.get_cart.hgrm',
    'perf.hlog',
    'perf.json',
    'perf.overall.hgrm',
  ])
  const reader = new HistogramLogReader(await readFile(join(folder, 'perf.hlog'), 'utf8'))
  const counts: number[] = []
  for (let one = reader.nextIntervalHistogram(); one !== null; one = reader.nextIntervalHistogram())
    counts.push(one.totalCount)
  const kept = result.series.flatMap(({ response_times: text }) => text ?? [])
  expect(counts).toEqual(kept.map((text) => decodeHistogram(text).totalCount))
  expect(counts).toHaveLength(12)
  // Value, share, count and 1 / (1 - share), as HdrHistogram's plotter splits them.
  const lines = (await readFile(join(folder, 'perf.overall.hgrm'), 'utf8'))
    .split('\n')
    .flatMap((line) => {
      const match =
        /^ *([0-9]*\.?[0-9]+) +([0-9]*\.?[0-9]+) +([0-9]+)(?: +([0-9]*\.?[0-9]+|inf))? *$/i.exec(
          line,
        )
      return match === null ? [] : [match.slice(1, 4).map(Number)]
    })
  expect(lines.at(-1)?.[2]).toBe(result.overall.response_time.count)
  expect(lines.find(([, share = 0]) => share >= 0.5)?.[0]).toBeCloseTo(
    result.overall.response_time.p50 ?? 0,
    1,
  )
  const csv = (await readFile(join(folder, 'perf.csv'), 'utf8')).trim().split('\n')
  expect(csv).toHaveLength(13)
  expect(csv[1]?.split(',')).toHaveLength(9)
})

test('a result without histograms of its seconds has no log, and says so', async () => {
  const { folder, path } = await folderWith(false)
  const { code, stderr } = await runRecorded((io) => exportCommand(path, {}, io))
  expect([code, stderr]).toEqual([0, ['no .hlog: the result has no histograms of its seconds']])
  expect(await readdir(folder)).not.toContain('perf.hlog')
})

test('another file is refused in one line, and nothing is written', async () => {
  const { folder } = await folderWith(false)
  const other = join(folder, 'other.json')
  await writeFile(other, '{}')
  const { code, stderr } = await runRecorded((io) => exportCommand(other, {}, io))
  expect([code, stderr.length]).toEqual([3, 1])
  expect(stderr[0]).toContain(`${other}: not a load result of version 1`)
  expect((await readdir(folder)).sort()).toEqual(['other.json', 'perf.json'])
})

test('two results of single runs are compared, and no difference is more than inconclusive', async () => {
  const { folder, path, result } = await folderWith(false)
  const newer = join(folder, 'newer.json')
  await writeFile(newer, JSON.stringify({ ...result, started_at: '2026-11-23T00:00:00.000Z' }))
  const { code, stdout } = await runRecorded((io) => compareRunsCommand([path, newer], {}, io))
  expect(code).toBe(0)
  expect(stdout.join('\n')).toMatch(/inconclusive/)
  expect(stdout.join('\n')).not.toMatch(/\d faster, [1-9]|[1-9]\d* slower/)
})
