import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, HistogramLogWriter } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { importCommand } from '../../src/commands/import.ts'
import {
  type ImportedResult,
  ImportedResultSchema,
  type TimeUnit,
} from '../../src/results/imported-result.ts'
import { decodeHistogram } from '../../src/stats/histogram.ts'
import { ownFolder, runRecorded } from '../commands/commands-support.ts'

const START = Date.parse('2026-11-30T14:00:00Z')

/** 400 requests in 4 s: gets of 1 to 200 ms, adds of 5 ms of which every tenth fails fast and one times out. */
const REQUESTS = Array.from({ length: 400 }, (_, index) => {
  const add = index % 2 === 0
  const timedOut = index === 210
  const failed = add && (index % 20 === 0 || timedOut)
  const value = timedOut ? 900 : failed ? 0.1 : add ? 5 : (index + 1) / 2
  const code = timedOut
    ? { error_code: '1050', status: '0' }
    : { status: failed ? '503' : add ? '204' : '200' }
  const tags = { name: add ? 'add_items' : 'get_cart', expected_response: String(!failed), ...code }
  return { time: START + 1000 + 10 * index, value, tags }
})

function ndjson(): string[] {
  const points = REQUESTS.map(({ time, ...data }) => ({
    type: 'Point',
    metric: 'http_req_duration',
    data: { time: new Date(time).toISOString().replace('Z', '123456Z'), ...data },
  }))
  const other = {
    type: 'Point',
    metric: 'http_req_waiting',
    data: { time: '2026-11-30T14:00:00Z', value: 7, tags: null },
  }
  const dropped = { ...other, metric: 'dropped_iterations', data: { ...other.data, value: 3 } }
  return [{ type: 'Metric', metric: 'http_req_duration', data: {} }, other, dropped, ...points].map(
    (line) => JSON.stringify(line),
  )
}

function csv(): string[] {
  const head =
    'metric_name,timestamp,metric_value,error_code,expected_response,name,status,extra_tags'
  const rows = REQUESTS.map(
    ({ time, value, tags: { name, expected_response, status, ...tags } }) =>
      `http_req_duration,${time / 1000},${value},${'error_code' in tags ? tags.error_code : ''},${expected_response},"${name}",${status},`,
  )
  return [head, 'dropped_iterations,1764511201,3,,,,,', ...rows]
}

/** Two tagged intervals, in units of `perMs` to a millisecond. */
function hlog(perMs: number): string[] {
  let text = ''
  const writer = new HistogramLogWriter((line) => {
    text += line
  })
  writer.outputLogFormatVersion()
  writer.outputStartTime(START)
  writer.outputLegend()
  for (const [second, tag] of [
    [0, 'reads'],
    [1, 'writes'],
  ] as const) {
    const histogram = build({
      bitBucketSize: 32,
      highestTrackableValue: 4e12,
      numberOfSignificantValueDigits: 3,
    })
    histogram.tag = tag
    for (let ms = 1; ms <= 100; ms++) histogram.recordValue(ms * perMs * (second + 1))
    writer.outputIntervalHistogram(histogram, second, second + 1, perMs)
  }
  return text.trim().split('\n')
}

function hgrm(): string[] {
  const histogram = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 })
  for (let us = 1; us <= 3000; us++) histogram.recordValue(us * 10)
  return histogram.outputPercentileDistribution(100, 1000).trim().split('\n')
}

async function imported(lines: readonly string[] | Buffer, name = 'file.txt', unit?: TimeUnit) {
  const folder = await ownFolder()
  const path = join(folder, name)
  const output = join(folder, 'imported.json')
  await writeFile(path, Buffer.isBuffer(lines) ? lines : `${lines.join('\n')}\n`)
  await writeFile(output, 'an older result')
  const ran = await runRecorded((io) => importCommand(path, { output, unit }, io))
  const text = await readFile(output, 'utf8')
  return { ...ran, path, text, result: () => JSON.parse(text) as ImportedResult }
}

describe('pushcart import', () => {
  it.each([
    ['NDJSON', 'points.json', ndjson()],
    ['NDJSON, compressed', 'points.json.gz', gzipSync(ndjson().join('\n'))],
    ['CSV', 'points.csv', csv()],
  ])('reads the points of k6: %s', async (_, name, lines) => {
    const { code, result, stdout } = await imported(lines, name)
    expect(code).toBe(0)
    const { overall, operations, series, source, missing, ...rest } = result()
    expect(source).toMatchObject({ file: name, unit: 'ms' })
    expect([overall.count, overall.failed, overall.time.count]).toEqual([400, 21, 380])
    expect(operations.map(({ operation, count, failed }) => [operation, count, failed])).toEqual([
      ['add_items', 200, 21],
      ['get_cart', 200, 0],
    ])
    // Every second value from 1 to 200 ms; fast failures have no time, the timeout has.
    expect(operations[1]?.time.p50).toBeCloseTo(100, 0)
    expect(operations[0]?.time.max).toBeCloseTo(900, 0)
    expect(series.map(({ second, count }) => [second, count])).toEqual([
      [1, 100],
      [2, 100],
      [3, 100],
      [4, 100],
    ])
    expect(rest).toMatchObject({ started_at: new Date(START + 999).toISOString(), dropped: 3 })
    expect(rest.rate).toBeCloseTo(400 / 3.9901, 1)
    expect(missing.map(({ what }) => what)).toContain('response time from the intended send time')
    expect(stdout.join('\n')).toContain('not known: checked responses')
  })

  it.each([
    ['ns', 1e6, undefined],
    ['us', 1e3, undefined],
    ['us', 1e3, 'us'],
  ] as const)('reads a log of HdrHistogram in %s', async (unit, perMs, given) => {
    const { code, result } = await imported(hlog(perMs), 'times.hlog', given)
    expect(code).toBe(0)
    const { overall, operations, series, source, started_at, duration_s } = result()
    expect([source.unit, started_at, duration_s]).toEqual([unit, new Date(START).toISOString(), 2])
    expect([overall.count, overall.failed]).toEqual([200, null])
    expect(operations.map(({ operation, count }) => [operation, count])).toEqual([
      ['reads', 100],
      ['writes', 100],
    ])
    expect(operations[0]?.time.p50 ?? 0).toBeCloseTo(50, 0)
    expect(series.map(({ max }) => Math.round(max ?? 0))).toEqual([100, 200])
    expect(decodeHistogram(overall.histogram).totalCount).toBe(200)
  })

  it('reads the percentiles that wrk2 prints, and a file of them', async () => {
    const wrk2 = [
      'Running 30s test @ http://one.example',
      '  2 threads and 100 connections',
      '  Detailed Percentile spectrum:',
      ...hgrm(),
      '-----',
      '  90000 requests in 30.00s',
    ]
    for (const lines of [hgrm(), wrk2]) {
      const { code, result } = await imported(lines)
      expect(code).toBe(0)
      const { overall, source, rate } = result()
      expect([source.kind, overall.count, rate]).toEqual(['HdrHistogram percentiles', 3000, null])
      expect((overall.time.p50 ?? 0) / 15).toBeCloseTo(1, 2)
      expect((overall.time.p99 ?? 0) / 29.7).toBeCloseTo(1, 2)
    }
  })

  const cut = (line: string) => line.slice(0, line.length / 2)
  it.each([
    [
      'a truncated point',
      [...ndjson().slice(0, 50), cut(ndjson()[50] ?? '')],
      51,
      'not JSON, or truncated',
    ],
    ['another object', [...ndjson().slice(0, 4), '{"type":"Point"}'], 5, 'not a point of k6'],
    [
      'a truncated record',
      [...csv().slice(0, 9), 'http_req_duration,17'],
      10,
      '2 fields instead of 8',
    ],
    [
      'a record without a number',
      [...csv().slice(0, 3), 'http_req_duration,x,y,,,,,'],
      4,
      'not a point of k6',
    ],
    [
      'a time of 400 digits',
      [...csv().slice(0, 3), `http_req_duration,${'9'.repeat(400)},1,,,,,`],
      4,
      'not a point of k6',
    ],
    [
      'an infinite time',
      [...csv().slice(0, 3), 'http_req_duration,1764511201,Infinity,,,,,'],
      4,
      'not a point of k6',
    ],
    [
      'a value that no number holds',
      [...ndjson().slice(0, 4), (ndjson()[50] ?? '').replace(/"value":[\d.]+/, '"value":1e999')],
      5,
      'not a point of k6',
    ],
    ['an open quote', [...csv().slice(0, 3), 'http_req_duration,"'], 4, 'not CSV'],
    [
      'a truncated histogram',
      [...hlog(1e3).slice(0, -1), cut(hlog(1e3).at(-1) ?? '')],
      hlog(1e3).length,
      'cannot be decoded',
    ],
    ['another line in a log', [...hlog(1e3), 'done'], hlog(1e3).length + 1, 'not an interval'],
    [
      'a damaged percentile',
      [...hgrm().slice(0, 5), 'x'],
      6,
      'not a line of a percentile distribution',
    ],
    ['percentiles that end early', hgrm().slice(0, 9), 9, 'ends before the total count'],
  ])('names the place of %s, and overwrites nothing', async (_, lines, place, why) => {
    const { code, stdout, stderr, path, text } = await imported(lines)
    expect([code, stdout, stderr.length, text]).toEqual([3, [], 1, 'an older result'])
    expect(stderr[0]).toContain(`error: ${path}:${place}: `)
    expect(stderr[0]).toContain(why)
  })

  it.each([
    ['empty', [''], undefined, 'the file is empty'],
    ['of another kind', ['hello', 'world'], undefined, 'neither points of k6'],
    ['without requests', ndjson().slice(0, 3), undefined, 'no points of http_req_duration'],
    [
      'without names of requests',
      [0, 1].flatMap((round) =>
        Array.from({ length: 501 }, (_, id) =>
          (ndjson()[50 + round] ?? '')
            .replace('"get_cart"', `"/carts/${id}"`)
            .replace('"add_items"', `"/carts/${id}"`),
        ),
      ),
      undefined,
      'more than 500 different requests; give each kind of request a name',
    ],
    ['of k6 with a unit', ndjson(), 'us', 'unit: does not apply to files of k6'],
  ] as const)('refuses a file that is %s in one line', async (_, lines, unit, why) => {
    const { code, stderr, text } = await imported(lines, 'file.txt', unit)
    expect([code, stderr.length, text]).toEqual([3, 1, 'an older result'])
    expect(stderr[0]).toContain(why)
  })

  it('never overwrites the file that it reads', async () => {
    const path = join(await ownFolder(), 'points.json')
    const points = ndjson().join('\n')
    await writeFile(path, points)
    const { code, stderr } = await runRecorded((io) => importCommand(path, { output: path }, io))
    expect([code, stderr]).toEqual([3, [`error: output: ${path} is one of the files to read`]])
    expect(await readFile(path, 'utf8')).toBe(points)
  })

  it('refuses a missing file, and one that is not compressed as its name says', async () => {
    const missing = await runRecorded((io) =>
      importCommand('/nowhere/points.json', { output: 'x.json' }, io),
    )
    expect([missing.code, missing.stderr]).toEqual([
      3,
      ['error: /nowhere/points.json: no such file'],
    ])
    const { code, stderr } = await imported(ndjson(), 'points.json.gz')
    expect([code, stderr.length]).toEqual([3, 1])
  })
})

it('an imported result is described by the published schema', async () => {
  const published = new URL('../../src/results/imported-result.schema.json', import.meta.url)
  expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(ImportedResultSchema)),
  )
})
