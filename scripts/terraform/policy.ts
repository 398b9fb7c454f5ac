import { DATABASES } from './properties/databases.ts'
import { LOAD_BALANCER } from './properties/load-balancer.ts'
import { REACH } from './properties/reach.ts'
import { RIGHTS } from './properties/rights.ts'
import { TASKS } from './properties/tasks.ts'
import type { Property } from './property.ts'
import type { Deployment } from './resources.ts'

/**
 * Where the infrastructure and the service must agree; a policy scanner in CI checks the rest. The properties need a mocked
 * or real state: in a plan, container definitions and IAM policies are not known yet.
 */
export const PROPERTIES: readonly Property[] = [
  ...REACH,
  ...LOAD_BALANCER,
  ...TASKS,
  ...RIGHTS,
  ...DATABASES,
]

/** A property that does not hold, and why. */
export interface Violation {
  readonly property: string
  readonly problems: readonly string[]
}

/** The properties that apply to a deployment. */
export function applying(deployment: Deployment): Property[] {
  return PROPERTIES.filter(({ when }) => when?.(deployment) ?? true)
}

/** The properties that apply to a deployment and do not hold. */
export function violations(deployment: Deployment): Violation[] {
  return applying(deployment)
    .map(({ name, problems }) => ({ property: name, problems: problems(deployment) }))
    .filter(({ problems }) => problems.length > 0)
}
