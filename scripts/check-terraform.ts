import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkByHand } from './terraform/fallback/check.ts'
import { mockedDeployments, POLICY_TEST, serialize } from './terraform/mocked.ts'
import { applying, violations } from './terraform/policy.ts'
import {
  CONFIGURATIONS,
  hasTerraform,
  openWorkspace,
  providerOverride,
  type Workspace,
} from './terraform/terraform.ts'

/**
 * `npm run check:terraform`: what can be known of terraform/ without an account. `--apply` also applies it to
 * moto_server on this machine; `--write` renews the mocked state that the tests of the policy start from, and
 * the trimmed schema of the provider.
 */
const { values: options } = parseArgs({
  options: { apply: { type: 'boolean' }, write: { type: 'boolean' } },
})

const FIXTURE = new URL('../test/terraform/mocked-apply.jsonl', import.meta.url)

/** Inputs of the examples that a plan cannot do without. */
const INPUTS: Readonly<Record<string, string>> = {
  '.': `environment = "dev"
production = false
region = "us-east-1"
zones = ["us-east-1a", "us-east-1b"]
database = "postgres"
compare = true
compare_cidrs = ["203.0.113.7/32"]
`,
  'examples/dev': 'client_cidrs = ["203.0.113.7/32"]\n',
  'examples/prod': `alarm_mail = "alarms@example.com"
github_repository = "example/pushcart"
state_bucket = "example-state"
`,
}

const COMMON_INPUTS = `account_id = "123456789012"
certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
image_tag = "3f2c1a9"
`

process.exitCode = await main()

async function main(): Promise<number> {
  if (!hasTerraform()) return withoutTerraform()
  const workspace = openWorkspace()
  try {
    await step('fmt', () => workspace.run('.', ['fmt', '-check', '-recursive']))
    for (const folder of CONFIGURATIONS) await checkConfiguration(workspace, folder)
    await step('terraform test, provider mocked', () => testAll(workspace))
    await step('policy', () => checkPolicy(workspace))
    if (options.write) await step('trimmed schema', () => writeSchema(workspace))
    await step('check without Terraform', checkWithoutTerraform)
    if (options.apply) await applyToMoto(workspace)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  } finally {
    workspace.remove()
  }
}

async function withoutTerraform(): Promise<number> {
  process.stderr.write(
    'THE LESSER CHECK: there is no terraform here. Only names, references, inputs and outputs are checked, not values, plans or policies.\n',
  )
  const problems = await checkByHand()
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (options.apply) process.stderr.write('--apply needs terraform and moto_server.\n')
  return problems.length === 0 && !options.apply ? 0 : 1
}

/** Runs one step and prints how it went. */
async function step(name: string, run: () => Promise<unknown>): Promise<void> {
  const started = performance.now()
  const said = await run()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const detail = typeof said === 'number' ? `: ${said}` : ''
  process.stdout.write(`ok  ${name}${detail} (${seconds} s)\n`)
}

async function checkConfiguration(workspace: Workspace, folder: string): Promise<void> {
  const where = `${workspace.folder}/${folder}`
  await step(`init and validate ${folder}`, async () => {
    await workspace.run(folder, ['init', '-backend=false', '-input=false'])
    await workspace.run(folder, ['validate'])
  })
  const remote = readFileSync(`${where}/versions.tf`, 'utf8').includes('backend "')
  // Files of this name are merged over the others; a state stays in the temporary folder.
  const backend = remote ? 'terraform {\n  backend "local" {}\n}\n' : ''
  writeFileSync(`${where}/check_override.tf`, backend + providerOverride())
  writeFileSync(`${where}/check.tfvars`, COMMON_INPUTS + INPUTS[folder])
  await step(`plan ${folder}, resources`, async () => {
    if (remote) await workspace.run(folder, ['init', '-input=false', '-reconfigure'])
    const plan = ['plan', '-input=false', '-lock=false', '-refresh=false', '-var-file=check.tfvars']
    const output = await workspace.run(folder, [...plan, '-no-color'])
    const added = /Plan: (\d+) to add, 0 to change, 0 to destroy/.exec(output)?.[1]
    if (added === undefined) throw new Error(`The plan of ${folder} is not one of additions only`)
    return Number(added)
  })
}

/** All test files but the one that the policy step runs. */
async function testAll(workspace: Workspace): Promise<number> {
  const files = globSync('tests/*.tftest.hcl', { cwd: workspace.folder })
  const others = files.filter((file) => file !== POLICY_TEST).map((file) => `-filter=${file}`)
  const output = await workspace.run('.', ['test', '-no-color', ...others])
  return Number(/(\d+) passed, 0 failed/.exec(output)?.[1])
}

async function checkPolicy(workspace: Workspace): Promise<number> {
  const deployments = await mockedDeployments(workspace)
  const problems = [...deployments].flatMap(([run, deployment]) =>
    violations(deployment).map(
      (violation) => `${run}: ${violation.property}: ${violation.problems.join('; ')}`,
    ),
  )
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const both = deployments.get('both')
  if (both === undefined) throw new Error('no run "both"')
  const fresh = serialize(both.resources)
  if (options.write) writeFileSync(FIXTURE, fresh)
  if (addressesOf(fresh) !== addressesOf(readFileSync(FIXTURE, 'utf8')))
    throw new Error('test/terraform/mocked-apply.jsonl is out of date: run this with --write')
  return applying(both).length
}

function addressesOf(lines: string): string {
  return [...lines.matchAll(/^\{"address":"((?:[^"\\]|\\.)*)"/gm)]
    .map(([, address]) => address)
    .join('\n')
}

async function writeSchema(workspace: Workspace): Promise<void> {
  const { trimSchema } = await import('./terraform/fallback/trim-schema.ts')
  trimSchema(await workspace.run('.', ['providers', 'schema', '-json']))
}

async function checkWithoutTerraform(): Promise<void> {
  const problems = await checkByHand()
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

async function applyToMoto(workspace: Workspace): Promise<void> {
  const { applyToMoto: apply } = await import('./terraform/moto/apply.ts')
  await apply(workspace, step)
}
