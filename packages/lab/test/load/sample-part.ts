import type { NamedPart } from '../../src/load/merge-parts.ts'
import { scheduleHash } from '../../src/load/schedule/hash.ts'
import type { LoadPartFile } from '../../src/results/load-part.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { sampleReport } from './sample-report.ts'

/** Part 1 or 2 of a load of two, as `perf --part` writes it. */
export function samplePart(index: number, change: Partial<LoadPartFile> = {}): NamedPart {
  const spec = completeSpec({ rate: 100, duration_s: 10, warmup_s: 2 })
  return {
    file: `part-${index}.json`,
    part: {
      format: 'pushcart load part',
      version: 1,
      part: { index, of: 2 },
      spec,
      schedule_sha256: scheduleHash(spec),
      target: { url: 'http://one.example' },
      clock: { offset_ms: 0, uncertainty_ms: 60 },
      warm_up: { steady: true, trend_p: { p50: 0.5, rate: 0.4 }, windows: [] },
      environment: {
        pushcart_version: '0.1.0',
        system: 'Linux',
        cpu: 'some',
        cores: 2,
        memory_gib: 4,
        node: 'v26',
      },
      generators: [sampleReport()],
      ...change,
    },
  }
}
