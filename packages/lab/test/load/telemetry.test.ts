import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { listen } from '../../../../test/support/listen.ts'
import { compareCommand } from '../../src/commands/compare.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { telemetrySettings } from '../../src/load/telemetry/telemetry-settings.ts'
import { readComparison } from '../../src/results/comparison-text.ts'
import type { LoadResult } from '../../src/results/load-result.ts'
import { ownFolder, readRecords, runRecorded } from '../commands/commands-support.ts'

interface Point {
  readonly attributes: readonly {
    readonly key: string
    readonly value: { readonly stringValue?: string }
  }[]
  readonly startTimeUnixNano: string
  readonly asInt?: number | string
  readonly asDouble?: number
  readonly count?: number | string
  readonly scale?: number
  readonly positive?: { readonly bucketCounts: readonly (number | string)[] }
}
interface Metric {
  readonly name: string
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly Point[] }
  readonly gauge?: { readonly dataPoints: readonly Point[] }
  readonly exponentialHistogram?: { readonly dataPoints: readonly Point[] }
}

type Protocol = 'http/json' | 'http/protobuf'

/** Python's protobuf with OpenTelemetry's definitions, for what the SDK encodes: `pip install opentelemetry-proto`. */
const DECODER = `import sys
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
print(MessageToJson(ExportMetricsServiceRequest.FromString(sys.stdin.buffer.read())))`
const HAS_DECODER = decode(Buffer.alloc(0)).status === 0

function decode(input: Buffer) {
  return spawnSync('python3', ['-c', DECODER], { input, encoding: 'utf8' })
}

interface Export {
  readonly path: string | undefined
  readonly type: string | undefined
  readonly key: unknown
  readonly body: Buffer
}

function metricsIn({ type, body }: Export): Metric[] {
  const json = type === 'application/json' ? body.toString() : decode(body).stdout
  return JSON.parse(json).resourceMetrics.flatMap(
    (one: { scopeMetrics: { metrics: Metric[] }[] }) =>
      one.scopeMetrics.flatMap((scope) => scope.metrics),
  )
}

/** The points of a metric of loads in an export. */
function pointsOf(sent: Export | undefined, name: string): readonly Point[] {
  const found = sent && metricsIn(sent).find((metric) => metric.name === `pushcart.load.${name}`)
  const { dataPoints } = found?.sum ??
    found?.gauge ??
    found?.exponentialHistogram ?? { dataPoints: [] }
  return dataPoints
}

/** A collector on loopback. */
async function startReceiver(status = 200) {
  const exports: Export[] = []
  const server = createServer(async (request, response) => {
    const { url, headers } = request
    const body = await buffer(request)
    exports.push({ path: url, type: headers['content-type'], key: headers['x-key'], body })
    response.writeHead(status, { 'content-type': headers['content-type'] })
    response.end(headers['content-type'] === 'application/json' ? '{}' : '')
  })
  return { ...(await listen(server)), exports }
}

function stubEnv(collector: string, protocol: Protocol = 'http/json', interval = 200) {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector)
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-key=of the collector')
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', protocol)
  vi.stubEnv('OTEL_METRIC_EXPORT_INTERVAL', String(interval))
  onTestFinished(() => void vi.unstubAllEnvs())
}

async function perf(collector: string, protocol?: Protocol) {
  stubEnv(collector, protocol)
  await using service = await startFakeCartService()
  const output = join(await ownFolder(), 'perf.json')
  const load = { rate: 100, duration: 1, warmup: 1, shoppers: 10, generators: 1, otlp: true }
  const ran = await runRecorded((io) => perfCommand({ host: service.url, output, ...load }, io))
  const result = (await readRecords(output)) as unknown as LoadResult
  return { ...ran, result }
}

describe('perf --otlp', () => {
  it.each([
    ['http/json', true],
    ['http/protobuf', HAS_DECODER],
  ] as const)(
    'sends rates and histograms whose last values are those of the result (%s)',
    async (protocol, canDecode) => {
      await using receiver = await startReceiver()
      const { result } = await perf(receiver.url, protocol)
      expect(receiver.exports.length).toBeGreaterThan(1)
      const last = receiver.exports.at(-1)
      const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
      expect([last?.path, last?.key, last?.type]).toEqual(['/v1/metrics', 'of the collector', type])
      if (!canDecode || last === undefined) return
      const operations = result.series.reduce((sum, { count }) => sum + count, 0)
      const only = (name: string) => {
        const points = pointsOf(last, name)
        expect(points).toHaveLength(1)
        return points[0]
      }
      expect(Number(only('operations')?.asInt)).toBe(operations)
      expect(Number(only('errors')?.asInt ?? 0)).toBe(result.overall.failed)
      expect(only('rate')?.asDouble).toEqual(expect.any(Number))
      const times = only('response_time')
      const { count } = result.overall.response_time
      expect([Number(times?.count), times?.scale]).toEqual([count, 5])
      expect(times?.positive?.bucketCounts.reduce<number>((sum, n) => sum + Number(n), 0)).toBe(
        count,
      )
      const operationsOf = metricsIn(last).find(({ name }) => name.endsWith('operations'))
      expect(operationsOf?.sum?.isMonotonic).toBe(true)
    },
    60_000,
  )

  it('goes on without a collector that accepts metrics, and says so once', async () => {
    await using receiver = await startReceiver(400)
    const { result, stderr } = await perf(receiver.url)
    expect(result.overall.count).toBeGreaterThan(50)
    expect(stderr.filter((line) => line.startsWith('otlp'))).toEqual([
      'otlp: the collector does not accept metrics',
    ])
  }, 60_000)

  it.each([
    [{}, 'otlp: requires OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      'OTEL_EXPORTER_OTLP_ENDPOINT is not an http',
    ],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/json'],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '5s' }, 'must be at least 100 milliseconds (got "5s")'],
  ])('refuses variables that do not fit in one line: %o', (env, message) => {
    const whole =
      Object.keys(env).length === 0
        ? {}
        : { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://one.example', ...env }
    expect(() => telemetrySettings(whole)).toThrow(message)
  })

  it('sends nothing where the environment turns it off, and applies to a load only', async () => {
    expect(telemetrySettings({ OTEL_SDK_DISABLED: 'TRUE' })).toBeNull()
    const { code, stderr } = await runRecorded((io) =>
      perfCommand({ host: 'http://127.0.0.1:1', output: 'x.json', otlp: true }, io),
    )
    expect([code, stderr]).toEqual([
      3,
      ['error: otlp: does not apply to the quick test; add --rate or --closed'],
    ])
  })
})

describe('compare --otlp', () => {
  it('sends the runs of each target apart, each counted from 0', async () => {
    await using receiver = await startReceiver()
    stubEnv(receiver.url)
    await using first = await startFakeCartService()
    await using second = await startFakeCartService()
    const output = await ownFolder()
    const options = {
      a: first.url,
      b: second.url,
      labelA: 'old',
      labelB: 'new',
      output,
      iterations: 1,
      clients: 2,
      rate: 100,
      duration: 1,
      warmup: 0,
      shoppers: 10,
      blocks: 2,
      generators: 1,
      otlp: true,
    }
    await runRecorded((io) => compareCommand(options, io))
    const { load, environment } = readComparison(
      await readFile(join(output, 'results.json'), 'utf8'),
    )
    const slots = load?.slots ?? []
    expect(slots.length).toBeGreaterThanOrEqual(4)
    const targetOf = ({ attributes }: Point) =>
      attributes.find(({ key }) => key === 'pushcart.target')?.value.stringValue ?? ''
    const last = receiver.exports.at(-1)
    const counts = Object.fromEntries(
      pointsOf(last, 'operations').map((point) => [targetOf(point), Number(point.asInt)]),
    )
    // The last run of each target.
    const expected = environment.sides.map(({ key, label }) => {
      const result = slots.findLast(({ side }) => side === key)?.result
      return [label, result?.series.reduce((sum, { count }) => sum + count, 0)]
    })
    expect(counts).toEqual(Object.fromEntries(expected))
    expect(Object.keys(counts).sort()).toEqual(['new', 'old'])
    expect(pointsOf(last, 'rate')).toHaveLength(1)
    // A new run of a target starts a new series, so that a dashboard sees no negative rate.
    const starts = new Map<string, number[]>()
    for (const sent of receiver.exports)
      for (const point of pointsOf(sent, 'operations')) {
        const key = `${targetOf(point)} ${point.startTimeUnixNano}`
        starts.set(key, [...(starts.get(key) ?? []), Number(point.asInt)])
      }
    expect(starts.size).toBe(slots.length)
    for (const values of starts.values()) expect(values).toEqual(values.toSorted((a, b) => a - b))
    expect(environment.command).not.toContain('otlp')
  }, 120_000)

  it('refuses to compare without a load or a collector', async () => {
    const options = { a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:1', otlp: true }
    const without = await runRecorded((io) => compareCommand(options, io))
    expect([without.code, without.stderr]).toEqual([
      3,
      ['error: otlp: does not apply to the quick test; add --rate or --closed'],
    ])
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '')
    onTestFinished(() => void vi.unstubAllEnvs())
    const nowhere = await runRecorded((io) => compareCommand({ ...options, rate: 10 }, io))
    expect([nowhere.code, nowhere.stderr]).toEqual([
      3,
      ['error: otlp: requires OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
    ])
  })
})
