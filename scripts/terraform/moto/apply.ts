import { checkBothStores } from './both-stores.ts'
import { expectSame, readGaps } from './gaps.ts'
import { checkProduction } from './production.ts'
import { namesOf } from './seen.ts'
import { hasMoto } from './server.ts'

/**
 * Applies both examples to a moto_server each, at once, and looks at what came of it. What moto does not do is in
 * terraform/moto-gaps.md, and that list has to be exact.
 *
 * @param signal ends it: the servers are in memory, so nothing is left of what was applied
 */
export async function applyToMoto(signal: AbortSignal): Promise<void> {
  if (!hasMoto()) throw new Error('--apply needs moto_server, which is not installed here.')
  const gaps = readGaps()
  const [dev, prod] = await bothOf(
    signal,
    (either) => checkBothStores(gaps, either),
    (either) => checkProduction(gaps, either),
  )
  expectSame('never at rest', namesOf([...dev.restless, ...prod.restless]), gaps.restless)
  expectSame('properties', [...dev.violated, ...prod.violated], gaps.properties)
  const missing = [...dev.actions, ...prod.actions].filter(
    // The certificate is the check's own.
    (action) => !action.startsWith('acm:') && !prod.planRights.has(action),
  )
  if (missing.length > 0) throw new Error(`The workflow's role cannot plan: ${missing.join(', ')}`)
  process.stdout.write(
    `ok  moto-gaps.md is exact; properties that hold there: ${dev.held} and ${prod.held}; the workflow's role may do what a plan does\n`,
  )
}

/** Runs two at once and resolves with both results. The first failure ends the other one too; it is waited for. */
async function bothOf<A, B>(
  signal: AbortSignal,
  one: (signal: AbortSignal) => Promise<A>,
  other: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const endBoth = (error: unknown) => {
    failed.abort(error)
    throw error
  }
  const runs = [one(either).catch(endBoth), other(either).catch(endBoth)] as const
  const outcomes = await Promise.allSettled(runs)
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected')
  if (lost.length === 0) return Promise.all(runs)
  // When the time is over each says what it was waiting for.
  if (signal.aborted) throw new Error(lost.map(({ reason }) => reason.message).join('\n'))
  throw failed.signal.reason
}
