import type { ImportedResult, TimeUnit } from '../imported-result.ts'

/** Units in a microsecond. */
export const PER_US: Readonly<Record<TimeUnit, number>> = { ns: 1000, us: 1, ms: 0.001 }

/** What no file of HdrHistogram says. */
export const HDR_MISSING: ImportedResult['missing'] = [
  {
    what: 'whether times run from the intended send time',
    why: 'HdrHistogram files do not say; those of wrk2 do, those of most other tools do not',
  },
  { what: 'failures', why: 'histograms hold times only' },
  { what: 'checked responses', why: 'histograms hold times only' },
  { what: 'schedule and digest', why: 'histograms do not show which carts were used' },
  {
    what: 'whether the load generator kept up',
    why: 'histograms show neither its lag nor its CPU time',
  },
]
