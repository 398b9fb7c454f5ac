import { createRequire } from 'node:module'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { openObserve } from '../../src/observe/observe.ts'

const { cache } = createRequire(import.meta.url)
// The API package alone does nothing and is a dependency of prom-client.
const loaded = () =>
  Object.keys(cache).filter((path) => /@opentelemetry.(?!api.)/.test(path)).length

it('loads the OpenTelemetry SDK only when an endpoint is set', async () => {
  const logger = pino({ level: 'silent' })
  await openObserve({}, logger)
  expect(loaded()).toBe(0)
  const observe = await openObserve({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, logger)
  expect(loaded()).toBeGreaterThan(0)
  await observe.tracing?.stop()
})
