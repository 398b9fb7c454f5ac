import { encodeRecorder } from '../../src/load/generator/encode-recorder.ts'
import type { GeneratorReport } from '../../src/load/generator/messages.ts'
import { createRecorder } from '../../src/load/generator/recorder.ts'

/** What a generator reports of 1,000 gets of 5 ms, 10 of them failed, and 200 adds. */
export function sampleReport(cut_off: string | null = null, elapsed_s = 12.005): GeneratorReport {
  const recorder = createRecorder(true)
  recorder.measure(2e6, 12e6)
  for (let i = 0; i < 1200; i++) {
    const at = i * 10_000
    const operation = i % 6 === 0 ? 'add_items' : 'get_cart'
    const failed = i >= 200 && i % 100 === 1
    const outcome = failed
      ? ({ kind: 'server_error', name: '503 STORE_DOWN' } as const)
      : ({ kind: 'ok', name: 'ok' } as const)
    const part = at < 2e6 ? 'warm-up' : 'measured'
    recorder.record({ part, operation, outcome, at, sentAt: at, endedAt: at + 5000 })
    recorder.recordLag(at, 100)
  }
  return {
    started_at: '2026-11-22T18:11:08.222Z',
    cut_off,
    elapsed_s,
    measured_from_s: 2,
    warm_up: {
      steady: true,
      trend_p: { p50: 0.5, rate: 1 },
      windows: [{ until: 2, p50: 5, rate: 100 }],
    },
    ...encodeRecorder(recorder),
    utilisation: 0.1,
    cpu_s: 1.5,
    connections_opened: 32,
  }
}
