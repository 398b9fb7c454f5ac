import type { Figure } from '../../page/document.ts'
import type { BlockRules } from '../../stats/compare-blocks.ts'
import { ratio } from '../format.ts'
import { from, sourceOf } from '../sources.ts'
import type { LoadFindings } from './findings.ts'

/** The noise floor of a figure; not available where the A/A run did not measure it. */
export function floorFigure({ noise }: BlockRules, name: string): Figure {
  return from(sourceOf.noise, ratio(`noise.${name}.ratio.floor`, noise?.get(name) ?? null))
}

/** What the noise floor is; empty without one. */
export function noiseNote({ noise }: LoadFindings): string[] {
  return noise === null
    ? []
    : [
        `Noise floor: the ratio or confidence limit furthest from 1 in an A/A run (${noise.file}), in either direction. No target is called faster if its ratio is within the floor, or if the A/A run has no floor for the figure.`,
      ]
}
