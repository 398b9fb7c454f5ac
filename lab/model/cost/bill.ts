import { type CostFigure, derive, priced, pricedInstance } from './figure.ts'
import type { PriceId, Prices } from './prices.ts'

/** A line of a bill for a known list of resources, such as a Terraform example. */
export interface BillLine {
  readonly title: string
  /** In the unit of the price: 2 instances over a month of 730 hours are 1460. */
  readonly quantity: number
  /** A price or an instance class of the file. */
  readonly item: PriceId | { readonly instance: string }
}

/**
 * Prices a list of resources, in the given order.
 *
 * @throws RangeError for an instance class that is not in the price file
 */
export function bill(lines: readonly BillLine[], prices: Prices): CostFigure[] {
  return lines.map(({ title, quantity, item }, place) =>
    derive({
      id: `bill.${place + 1}`,
      title,
      unit: `${prices.currency}/month`,
      formula: 'quantity * price',
      inputs: { quantity },
      prices: { price: typeof item === 'string' ? priced(item, prices) : instance(item, prices) },
    }),
  )
}

function instance({ instance: name }: { readonly instance: string }, prices: Prices) {
  const found = prices.rds_instances.find((other) => other.class === name)
  if (found === undefined) throw new RangeError(`no price for instance class ${name}`)
  return pricedInstance(found)
}
