import type { OperationKind, PerKind } from '../../results/operation-kinds.ts'
import { type CostFigure, derive } from './figure.ts'
import { kindsOf, type Traffic } from './inputs.ts'

/**
 * What an average second in one region takes: the sum over the kinds of operation of rate times `each`. Every kind
 * that occurs must be in `each`; see `missingKinds`.
 */
export function perSecond(
  figure: { readonly id: string; readonly title: string; readonly unit: string },
  traffic: Traffic,
  each: PerKind,
  regions: number,
): CostFigure {
  const kinds = kindsOf(traffic)
  const terms = kinds.map((kind) => `${kind}.rate * ${kind}.each`)
  return derive({
    ...figure,
    formula: terms.length === 0 ? '0' : `(${terms.join(' + ')}) / regions`,
    inputs: Object.fromEntries([
      ...kinds.flatMap((kind) => [
        [`${kind}.rate`, traffic.per_second[kind] ?? 0],
        [`${kind}.each`, each[kind] ?? 0],
      ]),
      ['regions', regions],
    ]),
  })
}

/** The kinds that occur and are not in `each`. */
export function missingKinds(traffic: Traffic, each: PerKind): OperationKind[] {
  return kindsOf(traffic).filter((kind) => each[kind] === undefined)
}
