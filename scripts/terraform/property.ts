import { type Deployment, ofType, type Resource } from './resources.ts'

/** A statement that must hold for a deployment. */
export interface Property {
  /** `area: statement`. */
  readonly name: string
  /** Where the property applies; everywhere by default. */
  readonly when?: (deployment: Deployment) => boolean
  /** What violates the property, such as addresses of resources; empty if it holds. */
  readonly problems: (deployment: Deployment) => readonly string[]
}

export const onPostgres = ({ stores }: Deployment) => stores.includes('postgres')
export const onDynamodb = ({ stores }: Deployment) => stores.includes('dynamodb')
export const comparing = ({ stores }: Deployment) => stores.length > 1

/** There is at least one resource of the type, and the condition holds for all of them. */
export function every(
  type: string,
  holds: (resource: Resource, deployment: Deployment) => boolean,
): Property['problems'] {
  return (deployment) => {
    const found = ofType(deployment, type)
    if (found.length === 0) return [`no ${type}`]
    return found.filter((resource) => !holds(resource, deployment)).map(({ address }) => address)
  }
}

/** As `every`, for any kind of item. */
export function all<T>(
  what: string,
  items: readonly T[],
  holds: (item: T) => boolean,
  nameOf: (item: T) => string,
): string[] {
  if (items.length === 0) return [`no ${what}`]
  return items.filter((item) => !holds(item)).map(nameOf)
}

/** The problem, unless the condition holds. */
export function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem]
}
