import type { LoadProgress } from '../run-load.ts'

/** Sends the progress of a load as metrics; the last one when it is disposed of. */
export interface LoadTelemetry extends AsyncDisposable {
  update(progress: LoadProgress): void
}
