import os from 'node:os'
import { chooseGenerators, type GeneratorChoice } from '../load/generators.ts'
import type { LoadSpec } from '../results/load-spec.ts'

/**
 * The number of generators for a load on services at these URLs.
 *
 * @throws UsageError when so many cannot share the load
 */
export function chooseFor(
  spec: LoadSpec,
  urls: readonly string[],
  wanted: number | 'auto' = 'auto',
): GeneratorChoice {
  const own = new Set(['localhost', ...addressesOfThisMachine()])
  const local = urls.some((url) => own.has(hostOf(url)))
  return chooseGenerators(spec, wanted, { local, cores: os.availableParallelism() })
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? ''
}

function addressesOfThisMachine(): string[] {
  return Object.values(os.networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  )
}
