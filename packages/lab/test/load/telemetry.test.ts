import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { listen } from '../../../../test/support/listen.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { telemetrySettings } from '../../src/load/telemetry/telemetry-settings.ts'
import type { LoadResult } from '../../src/results/load-result.ts'
import { ownFolder, readRecords, runRecorded } from '../commands/commands-support.ts'

interface Point {
  readonly asInt?: number
  readonly asDouble?: number
  readonly count?: number
  readonly scale?: number
  readonly positive?: { readonly bucketCounts: readonly number[] }
}
interface Metric {
  readonly name: string
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly Point[] }
  readonly gauge?: { readonly dataPoints: readonly Point[] }
  readonly exponentialHistogram?: { readonly dataPoints: readonly Point[] }
}

/** A collector on loopback. */
async function startReceiver(status = 200) {
  const exports: { path: string | undefined; key: unknown; metrics: Metric[] }[] = []
  const server = createServer(async (request, response) => {
    const { resourceMetrics } = JSON.parse(await text(request))
    const metrics = resourceMetrics.flatMap((one: { scopeMetrics: { metrics: Metric[] }[] }) =>
      one.scopeMetrics.flatMap((scope) => scope.metrics),
    )
    exports.push({ path: request.url, key: request.headers['x-key'], metrics })
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  return { ...(await listen(server)), exports }
}

async function perf(collector: string) {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector)
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-key=of the collector')
  vi.stubEnv('OTEL_METRIC_EXPORT_INTERVAL', '200')
  await using service = await startFakeCartService()
  const output = join(await ownFolder(), 'perf.json')
  const load = { rate: 100, duration: 1, warmup: 0, shoppers: 10, generators: 1, otlp: true }
  const ran = await runRecorded((io) => perfCommand({ host: service.url, output, ...load }, io))
  vi.unstubAllEnvs()
  const result = (await readRecords(output)) as unknown as LoadResult
  return { ...ran, result }
}

describe('perf --otlp', () => {
  it('sends rates and histograms whose last values are those of the result', async () => {
    await using receiver = await startReceiver()
    const { result } = await perf(receiver.url)
    expect(receiver.exports.length).toBeGreaterThan(1)
    const last = receiver.exports.at(-1)
    expect([last?.path, last?.key]).toEqual(['/v1/metrics', 'of the collector'])
    const find = (name: string) =>
      last?.metrics.find((metric) => metric.name === `pushcart.load.${name}`)
    const operations = result.series.reduce((sum, { count }) => sum + count, 0)
    expect(find('operations')?.sum?.dataPoints[0]?.asInt).toBe(operations)
    expect(find('operations')?.sum?.isMonotonic).toBe(true)
    expect(find('errors')?.sum?.dataPoints[0]?.asInt).toBe(result.overall.failed)
    expect(find('rate')?.gauge?.dataPoints[0]?.asDouble).toEqual(expect.any(Number))
    const times = find('response_time')?.exponentialHistogram?.dataPoints[0]
    expect([times?.count, times?.scale]).toEqual([result.overall.response_time.count, 5])
    expect(times?.positive?.bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(times?.count)
  }, 60_000)

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
