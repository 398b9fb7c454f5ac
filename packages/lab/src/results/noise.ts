import Type from 'typebox'
import { object, type Shape, text } from './shape.ts'

const ratio = (description: string) => Type.Number({ exclusiveMinimum: 0, description })

/** What an A/A run (`compare --self`) shows of the noise of each figure under the same load. */
export const NoisePartSchema = object({
  file: text('Name of the result file of the A/A run, without its folder.'),
  started_at: text('Start of the A/A run, ISO 8601.'),
  figures: Type.Array(
    object({
      name: text('Such as get_cart.p99.'),
      ratio: ratio('Median over the blocks of the A/A run.'),
      low: ratio('Lower limit of its 95 % confidence interval.'),
      high: ratio('Upper limit.'),
    }),
    { description: 'Figures that the A/A run measured in every block.' },
  ),
})

export type NoisePart = Shape<typeof NoisePartSchema>

/**
 * The noise floor by figure, as a ratio of at least 1: the ratio or confidence limit furthest from 1. It applies in both
 * directions, because which target of an A/A run is called A is arbitrary.
 */
export function noiseFloors({ figures }: NoisePart): ReadonlyMap<string, number> {
  return new Map(
    figures.map(({ name, ratio, low, high }) => [
      name,
      Math.max(...[ratio, low, high].flatMap((value) => [value, 1 / value])),
    ]),
  )
}
