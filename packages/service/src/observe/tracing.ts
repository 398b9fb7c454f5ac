import type { FastifyBaseLogger } from 'fastify'
import { ConfigError } from '../config/config-error.ts'
import type { OtlpProtocol, Tracing } from './spans.ts'

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const

/**
 * Opens tracing when `env` names an OTLP endpoint; otherwise returns `undefined` and does not load the OpenTelemetry SDK.
 * OpenTelemetry's standard variables apply (headers, sampler, service name, batches, ...).
 *
 * @throws ConfigError when the endpoint is not a URL or the protocol is not supported
 */
export async function openTracing(
  env: Readonly<Record<string, string | undefined>>,
  logger: FastifyBaseLogger,
): Promise<Tracing | undefined> {
  const name = ENDPOINTS.find((candidate) => (env[candidate] ?? '') !== '')
  if (name === undefined) return undefined
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none')
    return undefined
  if (!/^https?:\/\/./.test(env[name] ?? '') || !URL.canParse(env[name] ?? ''))
    throw new ConfigError(`${name} is not an http or https URL`)
  const protocol = protocolOf(env)
  const { startOtlpTracing } = await import('./otlp-tracing.ts')
  return startOtlpTracing(logger, protocol)
}

const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const

function protocolOf(env: Readonly<Record<string, string | undefined>>): OtlpProtocol {
  const name = PROTOCOLS.find((candidate) => (env[candidate] ?? '') !== '')
  const protocol = name === undefined ? 'http/json' : env[name]
  if (protocol === 'http/json' || protocol === 'http/protobuf') return protocol
  throw new ConfigError(`${name} must be http/json or http/protobuf (got "${protocol}")`)
}
