import { setTimeout as sleep } from 'node:timers/promises'
import type { Attributes } from '@opentelemetry/api'
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { packageVersion } from '../../results/machine.ts'
import type { LoadTelemetry } from './load-telemetry.ts'
import { progressMetrics, type RunMetrics } from './progress-metrics.ts'
import type { TelemetrySettings } from './telemetry-settings.ts'

/** Maximum time for the last metrics. */
const STOP_MS = 3000
const NAME = 'pushcart-lab'

/** The export over OTLP with the OpenTelemetry SDK. Only `openTelemetry` loads this file. Nothing is registered globally. */
export function startTelemetry(
  { protocol, interval }: TelemetrySettings,
  warn: (line: string) => void,
): LoadTelemetry {
  const version = packageVersion() ?? 'unknown'
  // The attributes given by the user come last and win.
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': NAME, 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }))
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter()
  const reader = new PeriodicExportingMetricReader({
    exporter: warningOnce(exporter, warn),
    exportIntervalMillis: interval,
  })
  /** The last run of each target: a run may end between two exports, while that of another target goes on. */
  const latest = new Map<string, RunMetrics>()
  let current = ''
  reader.setMetricProducer({
    async collect() {
      const scope = { name: NAME, version }
      const metrics = progressMetrics([...latest.values()], latest.get(current))
      return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] }
    },
  })
  return {
    begin(target) {
      const key = target.name ?? target.url
      const attributes = attributesOf(target)
      let startedAt: number | null = null
      return (progress) => {
        const now = Date.now()
        startedAt ??= now - 1000 * progress.elapsed_s
        current = key
        latest.set(key, { progress, attributes, startedAt, now })
      }
    },
    async [Symbol.asyncDispose]() {
      const late = sleep(STOP_MS, 'late' as const, { ref: false })
      const ended = reader.shutdown().catch(() => warn(FAILED))
      if ((await Promise.race([ended, late])) === 'late')
        warn('otlp: the last metrics could not be sent in time')
    },
  }
}

function attributesOf({ url, name }: Parameters<LoadTelemetry['begin']>[0]): Attributes {
  const { hostname, port } = new URL(url)
  return {
    'server.address': hostname,
    ...(port !== '' && { 'server.port': Number(port) }),
    ...(name !== undefined && { 'pushcart.target': name }),
  }
}

const FAILED = 'otlp: the collector does not accept metrics'

/** Warns of the first failure. */
function warningOnce(
  exporter: PushMetricExporter,
  warn: (line: string) => void,
): PushMetricExporter {
  let warned = false
  return {
    export(metrics, done) {
      exporter.export(metrics, (result) => {
        if (result.code !== 0 && !warned) {
          warned = true
          warn(FAILED)
        }
        done({ code: 0 })
      })
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}
