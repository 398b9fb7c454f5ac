import type { LoadTelemetry } from './load-telemetry.ts'
import { type Environment, telemetrySettings } from './telemetry-settings.ts'

/**
 * Opens the export of metrics by OpenTelemetry's variables, as the service reads them. The SDK is loaded only here.
 *
 * @param warn takes one line when the collector does not accept metrics; the load goes on
 * @returns `null` where the variables turn metrics off
 * @throws UsageError for a missing endpoint and for variables that do not fit
 */
export async function openTelemetry(
  env: Environment,
  warn: (line: string) => void,
): Promise<LoadTelemetry | null> {
  const settings = telemetrySettings(env)
  if (settings === null) {
    warn('otlp: no metrics are sent, since the environment turns them off')
    return null
  }
  const { startTelemetry } = await import('./otlp-telemetry.ts')
  return startTelemetry(settings, warn)
}
