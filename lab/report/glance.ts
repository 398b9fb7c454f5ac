import { summarise } from '../stats/summarise.ts'
import { capital, milliseconds, percentage } from './format.ts'
import type { LoadFindings, LoadSide } from './load/findings.ts'
import { metricWords } from './load/words.ts'
import type { Glance } from './model.ts'
import type { Opponent } from './opponent.ts'
import { from, sourceOf } from './sources.ts'

/** Three figures of a target from the quick look. */
export function quickGlance({ side, place, run }: Opponent): Glance {
  const { p50, p95, success_rate } = summarise(run.all)
  const source = sourceOf.quickLook(side.key)
  return {
    side: place,
    figures: [
      { name: 'Median', figure: from(source, milliseconds(`overall.p50.${side.key}`, p50)) },
      { name: 'P95', figure: from(source, milliseconds(`overall.p95.${side.key}`, p95)) },
      {
        name: 'Success',
        figure: from(source, percentage(`overall.success_rate.${side.key}`, success_rate)),
      },
    ],
  }
}

/** The headline's figure, and the tail latency and success rate of all requests. */
export function loadGlance(
  { side, place, figures }: LoadSide,
  pairs: LoadFindings['pairs'],
): Glance {
  const { operation, plural } = metricWords(pairs[0]?.headline?.name ?? 'overall.p50')
  const p50 = figures.latency.get(operation)?.p50 ?? null
  const p99 = figures.latency.get('overall')?.p99 ?? null
  const { error_rate } = figures
  const source = sourceOf.load(side.key)
  const success = error_rate === null ? null : 100 * (1 - error_rate)
  return {
    side: place,
    figures: [
      {
        name: `${capital(plural)}, median`,
        figure: from(source, milliseconds(`load.${operation}.p50.${side.key}`, p50)),
      },
      {
        name: 'All requests, P99',
        figure: from(source, milliseconds(`load.overall.p99.${side.key}`, p99)),
      },
      {
        name: 'Success',
        figure: from(source, percentage(`resources.success.${side.key}`, success)),
      },
    ],
  }
}
