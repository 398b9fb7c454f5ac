import { type Deployment, flatten, type Resource } from './resources.ts'
import type { Workspace } from './terraform.ts'

/** The runs whose deployments the policy checks. */
export const POLICY_TEST = 'tests/policy.tftest.hcl'

/** What the runs of terraform/tests/policy.tftest.hcl deploy, by the run's name. */
const RUNS: Readonly<Record<string, Omit<Deployment, 'resources'>>> = {
  both: { stores: ['postgres', 'dynamodb'], active: 'postgres', production: true },
  flipped: { stores: ['postgres', 'dynamodb'], active: 'dynamodb', production: true },
  postgres: { stores: ['postgres'], active: 'postgres', production: false },
  dynamodb: { stores: ['dynamodb'], active: 'dynamodb', production: false },
}

type Root = Parameters<typeof flatten>[0]

interface Message {
  readonly '@testrun'?: string
  readonly type: string
  readonly test_state?: { readonly root_module: Root }
}

/** Applies the policy tests with a mocked provider and returns what each run would have deployed. */
export async function mockedDeployments(
  workspace: Workspace,
): Promise<ReadonlyMap<string, Deployment>> {
  const args = ['test', `-filter=${POLICY_TEST}`, '-json', '-verbose']
  const output = await workspace.run('.', args)
  const found = new Map<string, Deployment>()
  for (const line of output.split('\n')) {
    if (!line.includes('"type":"test_state"')) continue
    const message = JSON.parse(line) as Message
    const run = message['@testrun'] ?? ''
    const asked = RUNS[run]
    if (asked === undefined || message.test_state === undefined) continue
    found.set(run, { ...asked, resources: flatten(message.test_state.root_module) })
  }
  for (const run of Object.keys(RUNS))
    if (!found.has(run)) throw new Error(`${POLICY_TEST} has no run "${run}" with a state`)
  return found
}

/** One line of JSON per resource, without null and empty values and tags, to keep in the repository. */
export function serialize(resources: readonly Resource[]): string {
  const lines = resources
    .map(({ values, ...resource }) => ({
      ...resource,
      values: Object.fromEntries(
        Object.entries(values).filter(
          ([key, value]) =>
            value !== null && !(Array.isArray(value) && value.length === 0) && !/^tags/.test(key),
        ),
      ),
    }))
    .map((resource) => JSON.stringify(resource))
  return `${lines.join('\n')}\n`
}
