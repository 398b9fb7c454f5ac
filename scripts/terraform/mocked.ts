import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
  aurora: { stores: ['postgres'], active: 'postgres', production: true },
  secret: { stores: ['postgres'], active: 'postgres', production: false },
  global: { stores: ['dynamodb'], active: 'dynamodb', production: false },
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
  const found = await applyMocked(workspace, POLICY_TEST)
  for (const run of Object.keys(RUNS))
    if (!found.has(run)) throw new Error(`${POLICY_TEST} has no run "${run}" with a state`)
  return found
}

/** Applies one run of the policy tests only. */
export async function mockedDeployment(workspace: Workspace, run: string): Promise<Deployment> {
  const text = readFileSync(join(workspace.folder, POLICY_TEST), 'utf8')
  const [head = '', ...blocks] = text.split(/^(?=run ")/m)
  const block = blocks.find((each) => each.startsWith(`run "${run}"`))
  if (block === undefined) throw new Error(`${POLICY_TEST} has no run "${run}"`)
  const file = join(workspace.folder, ONE_RUN)
  writeFileSync(file, head + block)
  try {
    const deployment = (await applyMocked(workspace, ONE_RUN)).get(run)
    if (deployment === undefined) throw new Error(`The run "${run}" has no state`)
    return deployment
  } finally {
    rmSync(file)
  }
}

const ONE_RUN = 'tests/one.tftest.hcl'

async function applyMocked(
  workspace: Workspace,
  file: string,
): Promise<ReadonlyMap<string, Deployment>> {
  const output = await workspace.run('.', ['test', `-filter=${file}`, '-json', '-verbose'])
  const found = new Map<string, Deployment>()
  for (const line of output.split('\n')) {
    if (!line.includes('"type":"test_state"')) continue
    const message = JSON.parse(line) as Message
    const run = message['@testrun'] ?? ''
    const asked = RUNS[run]
    if (asked === undefined || message.test_state === undefined) continue
    found.set(run, { ...asked, resources: flatten(message.test_state.root_module) })
  }
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
