import { expect, it } from 'vitest'
import { failures, waitingResources } from '../../scripts/terraform/progress.ts'

const hook = (type: string, addr: string, more = {}) =>
  JSON.stringify({ type, hook: { resource: { addr }, ...more } })

const OUTPUT = [
  'Terraform says something in words',
  hook('apply_start', 'module.a.aws_vpc.this'),
  hook('apply_complete', 'module.a.aws_vpc.this', { elapsed_seconds: 2 }),
  hook('apply_start', 'aws_db_instance.this'),
  hook('apply_progress', 'aws_db_instance.this', { elapsed_seconds: 70 }),
  hook('apply_start', 'aws_lb_listener.https["active"]'),
  hook('apply_start', 'aws_iam_role.task'),
  hook('apply_errored', 'aws_iam_role.task', { elapsed_seconds: 1 }),
  JSON.stringify({
    type: 'diagnostic',
    diagnostic: {
      severity: 'error',
      summary: 'creating IAM Role',
      detail: 'denied',
      address: 'aws_iam_role.task',
    },
  }),
  JSON.stringify({
    type: 'diagnostic',
    diagnostic: { severity: 'warning', summary: 'old', detail: '' },
  }),
  '{"type":"apply_comp',
].join('\n')

it('knows what Terraform is waiting for, and for how long', () => {
  expect(waitingResources(OUTPUT)).toEqual([
    'aws_db_instance.this (70 s)',
    'aws_lb_listener.https["active"] (0 s)',
  ])
})

it('knows what failed, and why', () => {
  expect(failures(OUTPUT)).toEqual({
    addresses: ['aws_iam_role.task'],
    reasons: ['aws_iam_role.task creating IAM Role denied'],
  })
})
