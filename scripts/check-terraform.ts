import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { step } from './step.ts'
import { actionProblems } from './terraform/actions.ts'
import { CONFIGURATIONS } from './terraform/inputs.ts'
import { mockedDeployments, POLICY_TEST, serialize } from './terraform/mocked.ts'
import { tryMutation } from './terraform/mutate.ts'
import { chooseMutations } from './terraform/mutations.ts'
import { applying, violations } from './terraform/policy.ts'
import {
  openWorkspace,
  PLAN_ONLY,
  reasonNotToCheck,
  type Workspace,
} from './terraform/terraform.ts'

/**
 * `npm run check:terraform`: checks terraform/ without an AWS account. `--apply` also applies the DynamoDB table to
 * moto_server on this machine and runs the store's contract suite on it. `--write` renews the mocked state that the tests
 * of the policy start from. `--mutations` plants each mistake of terraform/mutations.ts instead, and fails if a check misses
 * one; `--mutations=WORD` only those whose name or file contains the word, `--mutations=1-10` those with these numbers.
 */

const FIXTURE = new URL('../test/terraform/mocked-apply.jsonl', import.meta.url)

const options = readOptions()
process.exitCode = options === undefined ? 3 : await main(options)

interface Options {
  readonly apply: boolean
  readonly write: boolean
  /** A word of the mutations to try, or their numbers; empty for all. */
  readonly mutations?: string | undefined
}

/** Undefined, after a line on standard error, if they are wrong. */
function readOptions(): Options | undefined {
  const flag = { type: 'boolean', default: false } as const
  try {
    const args = process.argv.slice(2).map((word) => (word === '--mutations' ? `${word}=` : word))
    const mutations = { type: 'string' } as const
    return parseArgs({ args, options: { apply: flag, write: flag, mutations } }).values
  } catch {
    process.stderr.write(
      'check:terraform has the options --apply, --write and --mutations[=WORD|FROM-TO].\n',
    )
    return undefined
  }
}

async function main({ apply, write, mutations }: Options): Promise<number> {
  const reason = reasonNotToCheck()
  if (reason !== undefined) {
    process.stdout.write(`check:terraform skipped: ${reason}\n`)
    return 0
  }
  using workspace = openWorkspace()
  try {
    if (mutations !== undefined) return await plantMistakes(workspace, mutations)
    await step('fmt', async () => {
      await workspace.run('.', ['fmt', '-check', '-recursive'])
    })
    for (const [folder, inputs] of Object.entries(CONFIGURATIONS))
      await checkConfiguration(workspace, folder, inputs)
    await step('terraform test with a mocked provider, runs', () => runTests(workspace))
    await step('policy, properties', () => checkPolicy(workspace, write))
    if (apply) {
      const { applyToMoto } = await import('./terraform/moto/apply.ts')
      await applyToMoto()
    }
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  }
}

async function checkConfiguration(
  workspace: Workspace,
  folder: string,
  inputs: string,
): Promise<void> {
  const where = `${workspace.folder}/${folder}`
  await step(`init and validate ${folder}`, async () => {
    // Read-only: the committed lock file decides which provider is used.
    await workspace.run(folder, ['init', '-backend=false', '-input=false', '-lockfile=readonly'])
    await workspace.run(folder, ['validate'])
  })
  const remote = readFileSync(`${where}/versions.tf`, 'utf8').includes('backend "')
  // Terraform merges a file of this name into the others. The state stays in the temporary folder.
  const backend = remote ? 'terraform {\n  backend "local" {}\n}\n' : ''
  writeFileSync(`${where}/check_override.tf`, backend + PLAN_ONLY)
  writeFileSync(`${where}/check.tfvars`, inputs)
  await step(`plan ${folder}, resources`, async () => {
    if (remote) await workspace.run(folder, ['init', '-input=false', '-reconfigure'])
    const plan = ['plan', '-input=false', '-lock=false', '-refresh=false', '-var-file=check.tfvars']
    const output = await workspace.run(folder, [...plan, '-no-color'])
    const added = /Plan: (\d+) to add, 0 to change, 0 to destroy/.exec(output)?.[1]
    if (added === undefined) throw new Error(`The plan of ${folder} does more than add resources`)
    return Number(added)
  })
}

/** Runs all test files but the one of the policy. */
async function runTests({ folder, run }: Workspace): Promise<number> {
  const files = globSync('tests/*.tftest.hcl', { cwd: folder })
  const others = files.filter((file) => file !== POLICY_TEST).map((file) => `-filter=${file}`)
  const output = await run('.', ['test', '-no-color', ...others])
  return Number(/(\d+) passed, 0 failed/.exec(output)?.[1])
}

async function plantMistakes(workspace: Workspace, which: string): Promise<number> {
  const chosen = chooseMutations(which)
  if (chosen.length === 0) {
    process.stderr.write(`--mutations=${which}: no mistake has this number, name or file\n`)
    return 3
  }
  await workspace.run('.', ['init', '-backend=false', '-input=false', '-lockfile=readonly'])
  const missed: string[] = []
  for (const mutation of chosen) {
    const { number, name } = mutation
    const found = await step(`${number} ${name}`, () => tryMutation(workspace, mutation))
    if (found === undefined) missed.push(`missed: ${mutation.name} (${mutation.file})`)
  }
  process.stdout.write(`${chosen.length - missed.length} of ${chosen.length} mistakes found\n`)
  process.stderr.write(missed.map((line) => `${line}\n`).join(''))
  return missed.length === 0 ? 0 : 1
}

async function checkPolicy(workspace: Workspace, write: boolean): Promise<number> {
  const deployments = await mockedDeployments(workspace)
  const problems = [...deployments].flatMap(([run, deployment]) =>
    violations(deployment).map(
      (violation) => `${run}: ${violation.property}: ${violation.problems.join('; ')}`,
    ),
  )
  for (const [run, deployment] of deployments)
    problems.push(...(await actionProblems(deployment)).map((problem) => `${run}: ${problem}`))
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
