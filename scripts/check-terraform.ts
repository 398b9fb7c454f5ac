import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { step } from './step.ts'
import { openDeadline } from './terraform/deadline.ts'
import { checkByHand } from './terraform/fallback/check.ts'
import { CONFIGURATIONS } from './terraform/inputs.ts'
import { mockedDeployments, POLICY_TEST, serialize } from './terraform/mocked.ts'
import { applying, violations } from './terraform/policy.ts'
import { hasTerraform, openWorkspace, PLAN_ONLY, type Workspace } from './terraform/terraform.ts'

/**
 * `npm run check:terraform`: what can be known of terraform/ without an account. `--apply` also applies it to
 * moto_server on this machine; `--write` renews the mocked state that the tests of the policy start from, and
 * the trimmed schema of the provider. It ends by itself after half an hour, or after `--minutes`.
 */
const USAGE =
  'check:terraform takes --apply, --write and --minutes N (30), the longest it may take.'

const options = readOptions()

const FIXTURE = new URL('../test/terraform/mocked-apply.jsonl', import.meta.url)

process.exitCode = options === undefined ? 3 : await main(options)

interface Options {
  readonly apply: boolean
  readonly write: boolean
  readonly minutes: number
}

/** Undefined, with a line that says so, when they are wrong. */
function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        apply: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        minutes: { type: 'string', default: '30' },
      },
    })
    const minutes = Number(values.minutes)
    if (minutes > 0 && minutes <= 24 * 60) return { ...values, minutes }
  } catch {
    // An unknown option.
  }
  process.stderr.write(`${USAGE}\n`)
  return undefined
}

async function main(asked: Options): Promise<number> {
  if (!hasTerraform()) return withoutTerraform(asked)
  const deadline = openDeadline(asked.minutes)
  const workspace = openWorkspace(deadline.signal)
  try {
    await step('fmt', async () => {
      await workspace.run('.', ['fmt', '-check', '-recursive'])
    })
    for (const [folder, inputs] of Object.entries(CONFIGURATIONS))
      await checkConfiguration(workspace, folder, inputs)
    await step('terraform test, provider mocked', () => testAll(workspace))
    await step('policy', () => checkPolicy(workspace, asked.write))
    if (asked.write) await step('trimmed schema', () => writeSchema(workspace))
    await step('check without Terraform', checkWithoutTerraform)
    if (asked.apply) {
      const { applyToMoto } = await import('./terraform/moto/apply.ts')
      await applyToMoto(deadline.signal)
    }
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  } finally {
    workspace.remove()
    deadline.clear()
  }
}

async function withoutTerraform({ apply }: Options): Promise<number> {
  process.stderr.write(
    'THE LESSER CHECK: there is no terraform here. Only names, references, inputs and outputs are checked, not values, plans or policies.\n',
  )
  const problems = await checkByHand()
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (apply) process.stderr.write('--apply needs terraform and moto_server.\n')
  return problems.length === 0 && !apply ? 0 : 1
}

async function checkConfiguration(
  workspace: Workspace,
  folder: string,
  inputs: string,
): Promise<void> {
  const where = `${workspace.folder}/${folder}`
  await step(`init and validate ${folder}`, async () => {
    await workspace.run(folder, ['init', '-backend=false', '-input=false'])
    await workspace.run(folder, ['validate'])
  })
  const remote = readFileSync(`${where}/versions.tf`, 'utf8').includes('backend "')
  // Files of this name are merged over the others; a state stays in the temporary folder.
  const backend = remote ? 'terraform {\n  backend "local" {}\n}\n' : ''
  writeFileSync(`${where}/check_override.tf`, backend + PLAN_ONLY)
  writeFileSync(`${where}/check.tfvars`, inputs)
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

async function checkPolicy(workspace: Workspace, write: boolean): Promise<number> {
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
  if (write) writeFileSync(FIXTURE, fresh)
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
