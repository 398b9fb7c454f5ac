import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../errors/usage-error.ts'
import { findLoad } from '../report/performance/findings.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import type { NoisePart } from '../results/noise.ts'
import { openComparison } from './read-comparison.ts'

/**
 * The noise that an A/A run shows, from its result file (`--noise`).
 *
 * @param spec of the load that is compared; that of the A/A run must be the same
 * @throws UsageError in one line for a file that cannot be read or shows no noise of this load
 */
export async function readNoise(path: string, spec: LoadSpec): Promise<NoisePart> {
  const { path: found, file } = await openComparison(path)
  const fail = (reason: string) => new UsageError(`noise: ${found}: ${reason}`)
  const { load, environment } = file
  if (load === null) throw fail('contains no load; measure it with compare --self and --rate')
  const { self, tooFew, pairs } = findLoad(load, environment.sides)
  if (!self) throw fail('not an A/A run; measure one with compare --self')
  const different = differenceOf(load.spec, spec)
  if (different !== null) throw fail(`measured under another load: ${different}`)
  if (tooFew !== null) throw fail(tooFew)
  const comparisons = pairs[0]?.comparisons ?? []
  const figures = comparisons.flatMap(({ name, ratio, interval }) =>
    ratio === null || interval === null ? [] : [{ name, ratio, ...interval }],
  )
  if (figures.length === 0)
    throw fail('no ratio has a confidence interval; use more blocks (--blocks) or longer ones')
  return { file: basename(found), started_at: environment.started_at, figures }
}

/** The seed may differ, and so may the catalog, which is known only once the services run. */
const MAY_DIFFER: ReadonlySet<string> = new Set(['seed', 'products'])

/** The first difference of two loads, in words; `null` if there is none. */
function differenceOf(noise: LoadSpec, wanted: LoadSpec): string | null {
  const known: Readonly<Record<string, unknown>> = noise
  const found = Object.entries(wanted).find(
    ([name, value]) => !MAY_DIFFER.has(name) && !isDeepStrictEqual(known[name], value),
  )
  if (found === undefined) return null
  const [name, value] = found
  return `${name} is ${known[name]} there and ${value} here`
}
