import { UsageError } from '../errors/usage-error.ts'

/** An expression: a number, the path of a figure of the results, or two expressions and an operator. */
export type Expression =
  | { readonly number: number }
  | { readonly path: string }
  | { readonly operator: Operator; readonly left: Expression; readonly right: Expression }

const SUM_SIGNS = ['+', '-'] as const
const PRODUCT_SIGNS = ['*', '/'] as const
const COMPARISONS = ['<', '<=', '>', '>='] as const

export type Operator = (typeof SUM_SIGNS | typeof PRODUCT_SIGNS)[number]

export type Comparison = (typeof COMPARISONS)[number]

/** A condition such as `b.get_cart.p99 > 1.2 * a.get_cart.p99`. */
export interface Condition {
  /** The condition as the user wrote it. */
  readonly text: string
  readonly comparison: Comparison
  readonly left: Expression
  readonly right: Expression
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([a-z]\w*(?:\.\w+)*)|(<=|>=|[<>()*/+-]))/iy

/**
 * Parses one condition: two sums of products of numbers, paths and parentheses, compared by `<`, `<=`, `>` or `>=`.
 *
 * @throws UsageError with the position of the first error
 */
export function parseCondition(text: string): Condition {
  const tokens = tokensOf(text)
  let next = 0

  const fail = (expected: string): never => {
    const found = tokens[next]
    const place = found === undefined ? 'at the end' : `before "${text.slice(found.start)}"`
    throw new UsageError(`condition "${text}": ${expected} expected ${place}`)
  }

  /** Operands of one precedence, from left to right. */
  const chain = (operators: readonly Operator[], operand: () => Expression): Expression => {
    let left = operand()
    for (;;) {
      const operator = operators.find((sign) => sign === tokens[next]?.text)
      if (operator === undefined) return left
      next++
      left = { operator, left, right: operand() }
    }
  }
  const factor = (): Expression => {
    const token = tokens[next++]
    if (token?.kind === 'number') return { number: Number(token.text) }
    if (token?.kind === 'path') return { path: token.text }
    if (token?.text === '(') {
      const inner = sum()
      if (tokens[next++]?.text === ')') return inner
      next--
      return fail('")"')
    }
    next--
    return fail('a number or a figure such as a.get_cart.p99')
  }
  const product = () => chain(PRODUCT_SIGNS, factor)
  const sum = (): Expression => chain(SUM_SIGNS, product)

  const left = sum()
  const comparison = COMPARISONS.find((sign) => sign === tokens[next]?.text)
  if (comparison === undefined) return fail('<, <=, > or >=')
  next++
  const right = sum()
  return next === tokens.length ? { text, comparison, left, right } : fail('the end')
}

interface Token {
  readonly kind: 'number' | 'path' | 'sign'
  readonly text: string
  readonly start: number
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at
    const [whole, number, path, sign] = TOKEN.exec(text) ?? []
    const token = number ?? path ?? sign
    if (whole === undefined || token === undefined)
      throw new UsageError(`condition "${text}": cannot read "${text.slice(at).trim()}"`)
    const kind = number !== undefined ? 'number' : path !== undefined ? 'path' : 'sign'
    at += whole.length
    tokens.push({ kind, text: token, start: at - token.length })
  }
  return tokens
}
