import { aKind, type Operation } from '../history/operation.ts'
import { type CartView, isCurrent, type Step } from './cart-view.ts'
import type { Violation } from './report.ts'
import { violation } from './tally.ts'

export interface AfterCheckout {
  readonly violations: readonly Violation[]
  /** Changes requested after the checkout, all of which must be refused. */
  readonly support: number
}

/** An order is final: after the checkout, no change is acknowledged and every read shows the same lines. */
export function checkAfterCheckout({ cart, changes, failed, reads }: CartView): AfterCheckout {
  const checkout = changes.find(({ kind, end }) => kind === 'checkout' && end !== Infinity)
  if (checkout === undefined) return { violations: [], support: 0 }
  const isLate = ({ call, kind }: Pick<Step, 'call' | 'kind'>) =>
    call > checkout.end && kind !== 'create'
  const late = changes.filter(isLate)
  const refused = failed.filter(({ call }) => call > checkout.end)
  const made = late.find(({ end }) => end !== Infinity)
  const found: Violation[] = []
  if (made !== undefined) {
    const message = `${aKind(made.operation.kind)} was acknowledged although the cart had been checked out`
    const shown = [checkout.operation, made.operation]
    found.push(violation('lines', 'changes', 'changed_after_checkout', cart, message, shown))
  }
  const after = reads.filter(
    (read) => isCurrent(read) && read.call > checkout.end && read.error === undefined,
  )
  const [first] = after
  const other = after.find((read) => contents(read) !== contents(first))
  if (other !== undefined) {
    const message = 'two reads of the order, both after the checkout, differ'
    const shown = [checkout.operation, first, other]
    const mode = other.read ?? 'strong'
    found.push(violation('lines', mode, 'changed_after_checkout', cart, message, shown))
  }
  return { violations: found, support: late.length + refused.length }
}

function contents(read: Operation | undefined): string {
  return JSON.stringify([...(read?.lines ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)))
}
