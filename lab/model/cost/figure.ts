import { check } from '../../thresholds/check.ts'
import { type Condition, parseCondition } from '../../thresholds/parse.ts'
import { type InstanceClass, instancePriceId, type PriceId, type Prices } from './prices.ts'

/** A computed number with the formula and the inputs it was computed from. */
export interface CostFigure {
  /** Unique within a result, such as `dynamodb.writes`. */
  readonly id: string
  readonly title: string
  readonly value: number
  /** `USD/month` for what is billed (in the currency of the prices), else the unit of the quantity. */
  readonly unit: string
  /** Arithmetic over the names of `inputs`: exactly the text that was evaluated. */
  readonly formula: string
  readonly inputs: Readonly<Record<string, number>>
  /** The inputs that are prices: name of the input -> id in the price file. */
  readonly prices: Readonly<Record<string, string>>
  /** Whether the formula's result was rounded up to a whole number, and then raised to `at_least`. */
  readonly rounded_up: boolean
  readonly at_least: number | null
}

export interface Derivation {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly formula: string
  readonly inputs: Readonly<Record<string, number>>
  /** Prices in the formula, by the name that the formula uses. */
  readonly prices?: Readonly<Record<string, PricedItem>>
  readonly rounded_up?: boolean
  readonly at_least?: number
}

/** A price as it enters a formula. */
export interface PricedItem {
  readonly id: string
  readonly price: number
}

export function priced(id: PriceId, prices: Prices): PricedItem {
  return { id, price: prices.prices[id].price }
}

export function pricedInstance(instance: InstanceClass): PricedItem {
  return { id: instancePriceId(instance), price: instance.price }
}

/**
 * Computes a figure by evaluating its formula, so that the formula shown is the one used.
 *
 * @throws RangeError for a formula without a result: an error in the model, not in the user's input
 */
export function derive(derivation: Derivation): CostFigure {
  const { id, title, unit, formula, rounded_up = false, at_least = null } = derivation
  const prices = Object.entries(derivation.prices ?? {})
  const inputs = {
    ...derivation.inputs,
    ...Object.fromEntries(prices.map(([name, { price }]) => [name, price])),
  }
  const exact = evaluate(formula, inputs)
  if (exact === null) throw new RangeError(`${id}: ${formula} has no result`)
  // 0.1 * 3 / 0.3 is slightly above 1 and must not become 2.
  const whole = rounded_up ? Math.ceil(Number(exact.toPrecision(12))) : exact
  return {
    id,
    title,
    value: Math.max(at_least ?? Number.NEGATIVE_INFINITY, whole),
    unit,
    formula,
    inputs,
    prices: Object.fromEntries(prices.map(([name, price]) => [name, price.id])),
    rounded_up,
    at_least,
  }
}

const parsed = new Map<string, Condition>()

/** Uses the arithmetic of threshold conditions; the comparison that their grammar requires is ignored. */
function evaluate(formula: string, inputs: Readonly<Record<string, number>>): number | null {
  const condition = parsed.get(formula) ?? parseCondition(`${formula} > 0`)
  parsed.set(formula, condition)
  return check(condition, new Map(Object.entries(inputs))).left
}
