import { CONDITION_FAILED, type Operation, REFUSALS } from '../history/operation.ts'

/**
 * Whether the service failed to do what was asked, without an injected fault that explains it. A refusal because of the
 * state of the cart is no failure.
 */
export function isFailure({ status, error, faults }: Operation): boolean {
  if (status === 'ok' || faults !== undefined) return false
  return status === 'info' || !REASONS.has(error ?? '')
}

const REASONS: ReadonlySet<string> = new Set([...REFUSALS, CONDITION_FAILED])
