import { UsageError } from '../errors/usage-error.ts'
import type { Condition, Expression, Operator } from './parse.ts'

/** The figures of a run by path; `null` for a figure that the run could not measure. */
export type Figures = ReadonlyMap<string, number | null>

/** The result of a condition. */
export interface Checked {
  readonly condition: string
  /** `not_measurable`: a figure of the condition is missing, so the condition is inconclusive. */
  readonly outcome: 'met' | 'not_met' | 'not_measurable'
  /** The values of both expressions; `null` if one could not be computed. */
  readonly left: number | null
  readonly right: number | null
}

/** Every path in a condition. */
export function pathsOf({ left, right }: Pick<Condition, 'left' | 'right'>): string[] {
  return [left, right].flatMap((part) => {
    if ('path' in part) return [part.path]
    return 'operator' in part ? pathsOf(part) : []
  })
}

/**
 * Requires nothing measured: the known paths follow from the shape of the results.
 *
 * @throws UsageError for a path that is not a figure
 */
export function requireKnownPaths(condition: Condition, known: Iterable<string>): void {
  const names = new Set(known)
  const unknown = pathsOf(condition).find((path) => !names.has(path))
  if (unknown === undefined) return
  const some = [...names].slice(0, 6).join(', ')
  throw new UsageError(
    `condition "${condition.text}": unknown figure ${unknown}; figures are ${some}, ...`,
  )
}

export function check(condition: Condition, figures: Figures): Checked {
  const left = evaluate(condition.left, figures)
  const right = evaluate(condition.right, figures)
  const outcome =
    left === null || right === null
      ? 'not_measurable'
      : holds(left, condition.comparison, right)
        ? 'met'
        : 'not_met'
  return { condition: condition.text, outcome, left, right }
}

function holds(left: number, comparison: Condition['comparison'], right: number): boolean {
  switch (comparison) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/** `null` when a figure is missing or the arithmetic has no result (division by 0). */
function evaluate(expression: Expression, figures: Figures): number | null {
  if ('number' in expression) return expression.number
  if ('path' in expression) return figures.get(expression.path) ?? null
  const left = evaluate(expression.left, figures)
  const right = evaluate(expression.right, figures)
  if (left === null || right === null) return null
  const result = apply(expression.operator, left, right)
  return Number.isFinite(result) ? result : null
}

function apply(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
  }
}
