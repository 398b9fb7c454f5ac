import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { actionProblems } from './actions.ts'
import { mockedDeployment } from './mocked.ts'
import type { Mutation } from './mutations.ts'
import { violations } from './policy.ts'
import type { Workspace } from './terraform.ts'

/** What the check of a mutation said; undefined if it found nothing. */
export type Finding = string | undefined

/**
 * Plants one mistake in the workspace, runs its check, and takes the mistake out again.
 *
 * @throws Error if the file does not contain what the mutation replaces, or the configuration is not valid any more
 */
export async function tryMutation(workspace: Workspace, mutation: Mutation): Promise<Finding> {
  const path = join(workspace.folder, mutation.file)
  const original = readFileSync(path, 'utf8')
  if (!original.includes(mutation.from))
    throw new Error(`${mutation.name}: ${mutation.file} does not contain ${mutation.from}`)
  writeFileSync(
    path,
    original.replace(mutation.from, () => mutation.to),
  )
  try {
    return await check(workspace, mutation.by)
  } finally {
    writeFileSync(path, original)
  }
}

async function check(workspace: Workspace, by: Mutation['by']): Promise<Finding> {
  const [kind, run = ''] = by.split(' ')
  if (kind !== 'policy') return failedAssertion(workspace, by)
  const deployment = await mockedDeployment(workspace, run)
  const found = [
    ...violations(deployment).map(({ property }) => property),
    ...(await actionProblems(deployment)),
  ]
  return found[0]
}

/** The message of the first assertion of a test file that fails. */
async function failedAssertion(workspace: Workspace, file: string): Promise<Finding> {
  try {
    await workspace.run('.', ['test', '-no-color', `-filter=${file}`])
    return undefined
  } catch (error) {
    const output = String((error as { readonly stdout?: unknown }).stdout ?? error)
    const message = /Error: Test assertion failed.*?\n\n(\S[^\n]*)\n/s.exec(
      `${output}\n${String((error as Error).message)}`,
    )?.[1]
    // Any other error would be found by no check, but by Terraform itself.
    if (message === undefined) throw new Error(`${file}: ${String((error as Error).message)}`)
    return message
  }
}
