import { UsageError } from '../../errors/usage-error.ts'

/** How metrics are sent. */
export interface TelemetrySettings {
  readonly protocol: 'http/json' | 'http/protobuf'
  /** Milliseconds between two exports. */
  readonly interval: number
}

export type Environment = Readonly<Record<string, string | undefined>>

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']
/** A minute, OpenTelemetry's default, is as long as a whole run. */
const INTERVAL_MS = 5000

/**
 * The settings in OpenTelemetry's variables; `null` where they turn metrics off.
 *
 * @throws UsageError in one line
 */
export function telemetrySettings(env: Environment): TelemetrySettings | null {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_METRICS_EXPORTER === 'none')
    return null
  const endpoint = ENDPOINTS.find((name) => (env[name] ?? '') !== '')
  if (endpoint === undefined)
    throw new UsageError(`otlp: requires ${ENDPOINTS.toReversed().join(' or ')}`)
  const url = env[endpoint] ?? ''
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw new UsageError(`otlp: ${endpoint} is not an http or https URL`)
  const named = PROTOCOLS.find((name) => (env[name] ?? '') !== '')
  const protocol = named === undefined ? 'http/json' : env[named]
  if (protocol !== 'http/json' && protocol !== 'http/protobuf')
    throw new UsageError(`otlp: ${named} must be http/json or http/protobuf (got "${protocol}")`)
  const interval = Number(env.OTEL_METRIC_EXPORT_INTERVAL || INTERVAL_MS)
  if (!(Number.isInteger(interval) && interval >= 100))
    throw new UsageError(
      `otlp: OTEL_METRIC_EXPORT_INTERVAL must be at least 100 milliseconds (got "${env.OTEL_METRIC_EXPORT_INTERVAL}")`,
    )
  return { protocol, interval }
}
