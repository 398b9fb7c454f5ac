import { isDeepStrictEqual } from 'node:util'
import { step } from '../../step.ts'
import { type Example, openExample } from './example.ts'
import type { Gaps } from './gaps.ts'
import { refusalsOf } from './refused.ts'
import { look, namesOf, type Seen } from './seen.ts'
import { callMoto } from './server.ts'
import { unprotectTable } from './table.ts'

const INSTANCE = 'pushcart-prod-postgres'

/** What `production` shows beyond `Seen`. */
export interface SeenInProduction extends Seen {
  /** What the workflow's role may do when it plans. */
  readonly planRights: ReadonlySet<string>
}

/**
 * examples/prod on PostgreSQL: applied, looked at, flipped without comparing first, which must not cost the data, and
 * torn down as docs/aws.md says.
 */
export async function checkProduction(gaps: Gaps, signal: AbortSignal): Promise<SeenInProduction> {
  const prod = await openExample('prod', signal)
  try {
    prod.leaveOut(gaps.leftOut)
    await step('prod on moto: apply', () => prod.apply())
    const seen = await look(prod, { stores: ['postgres'], active: 'postgres', production: true })
    const planRights = await rightsOfPlan(prod)
    await prod.forget(gaps.kept)
    await step('prod on moto: a flip without comparing leaves the data', () =>
      checkProtection(prod),
    )
    await step('prod on moto: teardown, with a final snapshot', () => checkTeardown(prod))
    return { ...seen, planRights }
  } finally {
    await prod.close()
  }
}

async function rightsOfPlan(prod: Example): Promise<ReadonlySet<string>> {
  const policy = (await prod.resources()).find(({ address }) =>
    address.endsWith('module.cicd[0].aws_iam_role_policy.plan'),
  )
  const { Statement } = JSON.parse(String(policy?.values.policy)) as {
    readonly Statement: readonly { readonly Action: readonly string[] }[]
  }
  return new Set(Statement.flatMap(({ Action }) => Action))
}

/** The instance is the one thing that cannot be removed, and it is still there. */
async function checkProtection(prod: Example): Promise<void> {
  await expectRefused(['aws_db_instance.this'], () => prod.apply(['database=dynamodb']))
  await callMoto(prod.moto, 'rds', {
    Action: 'DescribeDBInstances',
    DBInstanceIdentifier: INSTANCE,
  })
}

/** By now both databases are there. Neither goes before its protection is lifted, and everything else does. */
async function checkTeardown(prod: Example): Promise<void> {
  await expectRefused(['aws_db_instance.this', 'aws_dynamodb_table.carts'], () => prod.destroy())
  await callMoto(prod.moto, 'rds', {
    Action: 'ModifyDBInstance',
    DBInstanceIdentifier: INSTANCE,
    DeletionProtection: 'false',
    ApplyImmediately: 'true',
  })
  await unprotectTable(prod.moto.url, 'pushcart-prod-carts')
  await prod.destroy()
  const snapshots = await callMoto(prod.moto, 'rds', { Action: 'DescribeDBSnapshots' })
  if (!snapshots.includes(`<DBSnapshotIdentifier>${INSTANCE}-final<`))
    throw new Error('There is no final snapshot')
}

async function expectRefused(names: readonly string[], run: () => Promise<void>): Promise<void> {
  const refused = namesOf(await refusalsOf(run))
  if (!isDeepStrictEqual(refused.sort(), [...names]))
    throw new Error(`Refused: ${refused.join(', ') || 'nothing'}, wanted ${names.join(', ')}`)
}
