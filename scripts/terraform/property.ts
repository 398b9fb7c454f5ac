import { type Deployment, ofType, type Resource } from './resources.ts'

/** Something that must hold of a deployment. */
export interface Property {
  /** `area: what holds`. */
  readonly name: string
  /** Where it applies; everywhere if left out. */
  readonly when?: (deployment: Deployment) => boolean
  /** What does not hold, such as the addresses of resources; nothing when all is well. */
  readonly problems: (deployment: Deployment) => readonly string[]
}

export const onPostgres = ({ stores }: Deployment) => stores.includes('postgres')
export const onDynamodb = ({ stores }: Deployment) => stores.includes('dynamodb')
export const comparing = ({ stores }: Deployment) => stores.length > 1
export const inProduction = ({ production }: Deployment) => production

/** There is at least one resource of the type, and all of them pass. */
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

/** As `every`, over something else than resources. */
export function all<T>(
  what: string,
  items: readonly T[],
  holds: (item: T) => boolean,
  nameOf: (item: T) => string,
): string[] {
  if (items.length === 0) return [`no ${what}`]
  return items.filter((item) => !holds(item)).map(nameOf)
}

/** The words as a problem, unless it is so. */
export function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem]
}
