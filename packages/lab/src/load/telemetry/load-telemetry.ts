import type { RunProgress } from '../generator/messages.ts'
import type { LoadTarget } from '../load-target.ts'

/** Sends the progress of loads as metrics; the last ones when it is disposed of. */
export interface LoadTelemetry extends AsyncDisposable {
  /** Announces a run of a target, whose progress is then passed to the result. Runs of one target count from 0 each. */
  begin(target: Pick<LoadTarget, 'url' | 'name'>): (progress: RunProgress) => void
}
