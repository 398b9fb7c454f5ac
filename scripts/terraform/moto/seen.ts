import { applying, violations } from '../policy.ts'
import type { Deployment } from '../resources.ts'
import type { Example } from './example.ts'
import { resourceOf } from './gaps.ts'

/** What an example that was applied to moto shows. */
export interface Seen {
  /** Addresses that a further plan wants to change. */
  readonly restless: readonly string[]
  /** How many properties of the policy hold. */
  readonly held: number
  /** The properties that do not. */
  readonly violated: readonly string[]
  /** The IAM actions that a further plan takes. */
  readonly actions: ReadonlySet<string>
}

/** Plans again and holds the policy against the state, which here is what was really made. */
export async function look(example: Example, asked: Omit<Deployment, 'resources'>): Promise<Seen> {
  const { changes, actions } = await example.plan()
  const deployment = { ...asked, resources: await example.resources() }
  const violated = violations(deployment).map(({ property }) => property)
  return {
    restless: changes.map(({ address }) => address),
    held: applying(deployment).length - violated.length,
    violated,
    actions,
  }
}

/** The resources, as `type.name`. */
export const namesOf = (addresses: readonly string[]) => [...new Set(addresses.map(resourceOf))]
