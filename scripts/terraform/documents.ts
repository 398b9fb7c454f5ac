import { at, type Deployment, list, ofType, type Resource, text } from './resources.ts'

/** One statement of an IAM document, with lists where JSON allows a single value. */
export interface Statement {
  /** The resource whose document it is in. */
  readonly owner: Resource
  readonly effect: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly principal: unknown
  readonly condition: unknown
}

const DOCUMENTS: readonly (readonly [type: string, attribute: string])[] = [
  ['aws_iam_role', 'assume_role_policy'],
  ['aws_iam_role_policy', 'policy'],
  ['aws_s3_bucket_policy', 'policy'],
  ['aws_vpc_endpoint', 'policy'],
]

/** The statements of all documents of these resource types, or of all that there are. */
export function statements(deployment: Deployment, ...types: readonly string[]): Statement[] {
  return DOCUMENTS.filter(([type]) => types.length === 0 || types.includes(type)).flatMap(
    ([type, attribute]) =>
      ofType(deployment, type).flatMap((owner) => parseDocument(owner, text(owner, attribute))),
  )
}

function parseDocument(owner: Resource, json: string): Statement[] {
  // Endpoints without a policy of their own show none, or a mock's random word.
  if (!json.startsWith('{')) return []
  return list(JSON.parse(json), 'Statement').map((statement) => ({
    owner,
    effect: String(at(statement, 'Effect')),
    actions: strings(at(statement, 'Action')),
    resources: strings(at(statement, 'Resource')),
    principal: at(statement, 'Principal'),
    condition: at(statement, 'Condition'),
  }))
}

function strings(value: unknown): string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

/** The one container of a task definition. */
export interface Container {
  readonly task: Resource
  readonly definition: unknown
  readonly environment: Readonly<Record<string, string>>
  /** Environment variable to where its value comes from. */
  readonly secrets: Readonly<Record<string, string>>
}

/** The containers of all task definitions. */
export function containers(deployment: Deployment): Container[] {
  return ofType(deployment, 'aws_ecs_task_definition').flatMap((task) =>
    list({ found: JSON.parse(text(task, 'container_definitions')) }, 'found').map((definition) => ({
      task,
      definition,
      environment: pairs(list(definition, 'environment'), 'value'),
      secrets: pairs(list(definition, 'secrets'), 'valueFrom'),
    })),
  )
}

function pairs(entries: readonly unknown[], value: string): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => [String(at(entry, 'name')), String(at(entry, value))]),
  )
}
