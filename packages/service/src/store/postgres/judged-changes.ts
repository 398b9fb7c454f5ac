import type { Cart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import {
  asState,
  type Changed,
  type ChangeTerms,
  type Rule,
  requireActive,
} from '../../cart/rules.ts'
import type { Change } from './changes.ts'

/** How often a change is judged again because another change came in between. */
const ROUNDS = 20

export interface Judging {
  /** The cart, read strongly, whether or not it is visible. */
  readonly read: () => Promise<Cart | undefined>
  /** Makes one change. */
  readonly make: (change: Change, terms: ChangeTerms) => Promise<Changed>
}

/**
 * A change that needs more than the database knows, such as the prices of today: it is judged here, by its rule, and made on the
 * condition that the cart still has the version that was judged. If the rule refuses it or finds nothing to change, the database
 * is asked to make it at no version: so it is the database that decides on what comes before the rule (is there such a
 * cart, has the key been used, is it active, has it a wanted version), and it confirms the version that was judged.
 *
 * @param change the change that puts the result of the rule into effect
 */
export async function makeJudged(
  judging: Judging,
  terms: ChangeTerms,
  rule: Rule,
  change: (lines: Cart['lines']) => Change,
): Promise<Changed> {
  for (let round = 1; round <= ROUNDS; round++) {
    const cart = await judging.read()
    const verdict = cart === undefined ? 'no change' : judge(cart, terms, rule)
    const [lines, ifVersion] = isLines(verdict) ? [verdict, versionsOf(cart, terms)] : [[], []]
    try {
      return await judging.make(change(lines), { ...terms, ifVersion })
    } catch (error) {
      const current = requireUnwanted(error, terms)
      if (current === cart?.version) return settled(verdict, current)
    }
  }
  throw new CartError('STORE_BUSY')
}

/** The version of the cart, if it was refused because of the version that was judged; otherwise throws the error. */
function requireUnwanted(error: unknown, { ifVersion }: ChangeTerms): number {
  if (!(error instanceof CartError) || error.code !== 'PRECONDITION_FAILED') throw error
  const current = Number(error.details.current_version)
  if (ifVersion?.includes(current) === false) throw error
  return current
}

/** The outcome of a change that was not to be made, when the cart had the version that was judged. */
function settled(verdict: Verdict, version: number): Changed {
  if (verdict instanceof CartError) throw verdict
  return { version, replayed: false }
}

/** The lines after the change, or the error that refuses it. */
type Verdict = Cart['lines'] | CartError | 'no change'

function isLines(verdict: Verdict): verdict is Cart['lines'] {
  return Array.isArray(verdict)
}

/** Whether the cart has expired is for the database to decide. */
function judge(cart: Cart, terms: ChangeTerms, rule: Rule): Verdict {
  try {
    requireActive(cart)
    const parts = rule(asState(cart), terms)
    return parts === undefined ? 'no change' : (parts.lines ?? cart.lines)
  } catch (error) {
    if (error instanceof CartError) return error
    throw error
  }
}

/** The version that was judged, if the caller allows it. */
function versionsOf(cart: Cart | undefined, { ifVersion }: ChangeTerms): readonly number[] {
  const judged = cart === undefined ? [] : [cart.version]
  return judged.filter((version) => ifVersion?.includes(version) !== false)
}
