import { OPERATIONS, type Operation } from '../../results/operations.ts'
import { encodeHistogram, mergeHistograms } from '../../stats/histogram.ts'
import type { EncodedTally, GeneratorReport } from './messages.ts'
import type { LatencyRecorder, Tally } from './recorder.ts'

/** What a recorder holds, as a generator reports it. */
export function encodeRecorder(
  recorder: LatencyRecorder,
): Pick<GeneratorReport, 'ok_in_time' | 'tallies' | 'lag' | 'series'> {
  const tallies = OPERATIONS.map((operation) => [operation, encode(recorder.tallies[operation])])
  return {
    ok_in_time: recorder.okInTime(),
    tallies: Object.fromEntries(tallies) as Record<Operation, EncodedTally>,
    lag: encodeHistogram(mergeHistograms([recorder.lag])),
    series: recorder.series.finish(),
  }
}

function encode({ outcomes, response, service }: Tally): EncodedTally {
  return {
    outcomes: [...outcomes.values()],
    response: encodeHistogram(response),
    service: encodeHistogram(service),
  }
}
