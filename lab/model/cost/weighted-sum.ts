import { type CostFigure, derive } from './figure.ts'
import { kindsOf, type PerKind, type Traffic } from './inputs.ts'

/**
 * What an average second in one region takes: the sum over the kinds of operation of rate times what one takes. Every kind that
 * occurs has to be in `each`; `missingKinds` tells which are not.
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

/** What is not known of the kinds that occur, in words: `write units of add_items, get_cart`; at most one entry. */
export function missingKinds(what: string, traffic: Traffic, each: PerKind): string[] {
  const missing = kindsOf(traffic).filter((kind) => each[kind] === undefined)
  return missing.length === 0 ? [] : [`${what} of ${missing.join(', ')}`]
}
