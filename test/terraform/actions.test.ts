import { expect, it } from 'vitest'
import { actionProblems } from '../../scripts/terraform/actions.ts'
import { mockedDeployment, rewritten } from './deployment.ts'

const PLAN = /cicd.*role_policy\.plan/

it('allows only actions of the IAM reference, and on * only those that know no resource', async () => {
  expect(await actionProblems(mockedDeployment())).toEqual([])
})

it.each([
  ['ecs:DescribeService"', 'there is no action ecs:DescribeService'],
  ['iam:GetRole"', 'iam:GetRole on *, though it knows role'],
])('finds %s', async (action, problem) => {
  const mistaken = rewritten(mockedDeployment(), PLAN, 'policy', 'sts:GetCallerIdentity"', action)
  expect((await actionProblems(mistaken)).join()).toContain(problem)
})
