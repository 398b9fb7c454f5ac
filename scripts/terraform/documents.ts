import { at, type Deployment, list, ofType, type Resource, text } from './resources.ts'

/** One statement of an IAM document; single values become lists. */
export interface Statement {
  /** The resource that the document belongs to. */
  readonly owner: Resource
  readonly effect: string
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly condition: unknown
}

const DOCUMENTS: readonly (readonly [type: string, attribute: string])[] = [
  ['aws_iam_role', 'assume_role_policy'],
  ['aws_iam_role_policy', 'policy'],
  ['aws_vpc_endpoint', 'policy'],
  ['aws_s3_bucket_policy', 'policy'],
  ['aws_cloudwatch_log_resource_policy', 'policy_document'],
]

/** The IAM statements of all resources. */
export function statements(deployment: Deployment): Statement[] {
  return DOCUMENTS.flatMap(([type, attribute]) =>
    ofType(deployment, type).flatMap((owner) => parseDocument(owner, text(owner, attribute))),
  )
}

function parseDocument(owner: Resource, json: string): Statement[] {
  // An endpoint without a policy has none, or a random word of the mocked provider.
  if (!json.startsWith('{')) return []
  return list(JSON.parse(json), 'Statement').map((statement) => ({
    owner,
    effect: String(at(statement, 'Effect')),
    actions: strings(at(statement, 'Action')),
    resources: strings(at(statement, 'Resource')),
    condition: at(statement, 'Condition'),
  }))
}

function strings(value: unknown): string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

/** The container of a task definition. */
export interface Container {
  readonly task: Resource
  readonly definition: unknown
  readonly environment: Readonly<Record<string, string>>
  /** `valueFrom` by environment variable. */
  readonly secrets: Readonly<Record<string, string>>
}

/** The containers of the service, one in each task definition. */
export function containers(deployment: Deployment): Container[] {
  return allContainers(deployment).filter(({ definition }) => at(definition, 'essential') === true)
}

/** The containers that run before the service and end. */
export function initContainers(deployment: Deployment): Container[] {
  return allContainers(deployment).filter(({ definition }) => at(definition, 'essential') !== true)
}

function allContainers(deployment: Deployment): Container[] {
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
