import { decodeHistogram } from '../stats/histogram.ts'
import type { ComparisonFile } from './comparison-file.ts'
import type { LoadResult } from './load-result.ts'

/**
 * Checks what the schema cannot express: target keys are unique, every record belongs to a target, times are valid, and
 * histograms can be decoded.
 *
 * @returns the first error as a sentence, or `null`
 */
export function checkRecords(file: ComparisonFile): string | null {
  return wrongSide(file) ?? wrongTime(file) ?? wrongHistogram(file)
}

function wrongSide(file: ComparisonFile): string | null {
  const { environment, quick_look, consistency, load } = file
  const { capacity, operations, growth, requirements } = file
  const keys = environment.sides.map(({ key }) => key)
  const twice = keys.find((key, place) => keys.indexOf(key) < place)
  if (twice !== undefined) return `two targets have the key "${twice}"`
  const named = [
    ...quick_look.map(({ database }) => database),
    ...consistency.map(({ database }) => database),
    ...(load?.slots ?? []).map(({ side }) => side),
    ...[capacity, operations, growth, requirements].flatMap((part) =>
      (part?.sides ?? []).map(({ side }) => side),
    ),
  ]
  const stranger = named.find((key) => !keys.includes(key))
  return stranger === undefined ? null : `there is no target "${stranger}"`
}

function wrongTime(file: ComparisonFile): string | null {
  const times = [
    ['/environment', file.environment.started_at] as const,
    ...(file.evidence ?? []).map(
      ({ measured_at }, place) => [`/evidence/${place}`, measured_at] as const,
    ),
    ...(file.noise === undefined ? [] : [['/noise', file.noise.started_at] as const]),
    ...runsOf(file).map(([place, { started_at }]) => [place, started_at] as const),
  ]
  const wrong = times.find(([, time]) => Number.isNaN(Date.parse(time)))
  return wrong === undefined ? null : `${wrong[0]} has a start that is not a time`
}

/** Every load result in the file, with its JSON pointer. */
function runsOf({ load, growth, requirements }: ComparisonFile) {
  return [
    ...(load?.slots ?? []).map(
      ({ result }, place) => [`/load/slots/${place}/result`, result] as const,
    ),
    ...(growth?.sides ?? []).flatMap(({ runs }, side) =>
      runs.map(
        ({ result }, place) => [`/growth/sides/${side}/runs/${place}/result`, result] as const,
      ),
    ),
    ...(requirements?.sides ?? []).flatMap((side, place) =>
      (['hundred_shoppers', 'fifty_lines'] as const).flatMap((name) => {
        const result = side[name]
        return result === null ? [] : [[`/requirements/sides/${place}/${name}`, result] as const]
      }),
    ),
  ]
}

function wrongHistogram(file: ComparisonFile): string | null {
  const wrong = runsOf(file).find(([, result]) => !histogramsOf(result).every(canBeDecoded))
  return wrong === undefined ? null : `${wrong[0]} has a histogram that cannot be decoded`
}

function histogramsOf({ overall, operations }: LoadResult): string[] {
  return [overall, ...operations].flatMap(({ histograms }) => Object.values(histograms))
}

function canBeDecoded(text: string): boolean {
  try {
    decodeHistogram(text)
    return true
  } catch {
    return false
  }
}
