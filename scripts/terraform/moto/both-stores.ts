import { isDeepStrictEqual } from 'node:util'
import { step } from '../../step.ts'
import { runContract } from './contract.ts'
import { type Example, openExample } from './example.ts'
import { expectSame, type Gaps } from './gaps.ts'
import { refusalsOf } from './refused.ts'
import { look, namesOf, type Seen } from './seen.ts'
import { checkTable } from './table.ts'

/**
 * examples/dev, both stores side by side: applied, looked at, its store flipped, its table put through the contract
 * suite, destroyed.
 */
export async function checkBothStores(gaps: Gaps, signal: AbortSignal): Promise<Seen> {
  const dev = await openExample('dev', signal)
  try {
    dev.leaveOut(gaps.leftOut)
    await step('dev on moto: apply', () => dev.apply())
    await step('dev on moto: outputs', () => checkOutputs(dev))
    const seen = await look(dev, {
      stores: ['postgres', 'dynamodb'],
      active: 'postgres',
      production: false,
    })
    await step('dev on moto: a flip changes one listener', () => checkFlip(dev, seen.restless))
    const { table_name: table } = await dev.outputs()
    await step('dev on moto: the table is one that the service makes', () =>
      checkTable(dev.moto.url, table ?? ''),
    )
    await step('dev on moto: contract suite on the table, cases', () =>
      runContract(dev.moto.url, table ?? '', signal),
    )
    await step('dev on moto: what is left out is refused', () => checkLeftOut(dev, gaps))
    await step('dev on moto: destroy', () => checkDestroy(dev, gaps))
    return seen
  } finally {
    await dev.close()
  }
}

async function checkOutputs(dev: Example): Promise<void> {
  const outputs = await dev.outputs()
  const { dns_name: host } = outputs.load_balancer
  const found = {
    active_target_group: outputs.active_target_group,
    active_url: outputs.active_url,
    compare_urls: outputs.compare_urls,
    service_names: outputs.service_names,
    stores: outputs.stores,
    table_name: outputs.table_name,
  }
  const wanted = {
    active_target_group: outputs.target_group_arns.postgres,
    active_url: `https://${host}`,
    compare_urls: { dynamodb: `https://${host}:9443`, postgres: `https://${host}:8443` },
    service_names: { dynamodb: 'dynamodb', postgres: 'postgres' },
    stores: ['dynamodb', 'postgres'],
    table_name: 'pushcart-dev-carts',
  }
  if (!isDeepStrictEqual(found, wanted))
    throw new Error(`Outputs: ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`)
}

/** With both deployed, another `database` is one listener and nothing else. */
async function checkFlip(dev: Example, restless: readonly string[]): Promise<void> {
  const flip = ['database=dynamodb']
  const { changes } = await dev.plan(flip)
  const found = changes.filter(({ address }) => !restless.includes(address))
  const wanted = 'module.pushcart.module.alb.aws_lb_listener.https["active"]'
  if (!isDeepStrictEqual(found, [{ address: wanted, actions: ['update'] }]))
    throw new Error(`A flip changes ${JSON.stringify(found)}`)
  await dev.apply(flip)
  const { active_target_group: active, target_group_arns: groups } = await dev.outputs()
  if (active !== groups.dynamodb) throw new Error(`Port 443 leads to ${active} after the flip`)
}

/** What moto refuses is really refused still: a gap that has closed is to be taken from the list. */
async function checkLeftOut(dev: Example, gaps: Gaps): Promise<void> {
  dev.leaveOut([])
  const targets = gaps.refused.map((name) => `module.pushcart.module.ecs.${name}`)
  const refused = await refusalsOf(() => dev.apply([], targets))
  expectSame('left out', namesOf(refused), gaps.refused)
  await dev.forget(gaps.leftOut)
  dev.leaveOut(gaps.leftOut)
}

async function checkDestroy(dev: Example, gaps: Gaps): Promise<void> {
  const kept = await dev.addresses(gaps.kept)
  const refused = await refusalsOf(() => dev.destroy(kept))
  expectSame('not destroyed', namesOf(refused), gaps.kept)
  await dev.forget(gaps.kept)
  await dev.destroy()
  const left = await dev.resources()
  if (left.length > 0) throw new Error(`Left: ${left.map(({ address }) => address).join(', ')}`)
}
