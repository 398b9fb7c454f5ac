import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFailed } from '../child.ts'
import { CONFIGURATIONS } from '../inputs.ts'
import { failures } from '../progress.ts'
import { type Deployment, flatten } from '../resources.ts'
import { openWorkspace } from '../terraform.ts'
import { actionsIn } from './calls.ts'
import { resourceOf } from './gaps.ts'
import { CERTIFICATE, leftOut, override } from './override.ts'
import { Refused } from './refused.ts'
import { type Moto, startMoto } from './server.ts'

/** A change that a plan wants. */
export interface Change {
  readonly address: string
  /** `create`, `update`, `delete`, or two of these for a replacement. */
  readonly actions: readonly string[]
}

/** The outputs of terraform/outputs.tf that are looked at. */
export interface Outputs {
  readonly active_url: string
  readonly active_target_group: string
  readonly compare_urls: Readonly<Record<string, string>>
  readonly load_balancer: { readonly dns_name: string }
  readonly service_names: Readonly<Record<string, string>>
  readonly stores: readonly string[]
  readonly table_name: string | null
  readonly target_group_arns: Readonly<Record<string, string>>
}

/** One of terraform/examples, on a moto_server of its own. */
export interface Example {
  readonly moto: Moto
  /** Applies with further inputs, such as `database=dynamodb`; only `targets` if any are named. */
  apply(inputs?: readonly string[], targets?: readonly string[]): Promise<void>
  destroy(targets?: readonly string[]): Promise<void>
  /** What a further plan would change, and which IAM actions it took to find out. */
  plan(inputs?: readonly string[]): Promise<{ changes: Change[]; actions: ReadonlySet<string> }>
  outputs(): Promise<Outputs>
  resources(): Promise<Deployment['resources']>
  /** The addresses in the state of resources (`type.name`). */
  addresses(names: readonly string[]): Promise<string[]>
  /** Takes resources (`type.name`) out of the state, whether moto has them or not. */
  forget(names: readonly string[]): Promise<void>
  /** Leaves resources (`type.name`) of modules/ecs out of what is applied from now on. */
  leaveOut(names: readonly string[]): void
  close(): Promise<void>
}

/** Ten at a time, the default, would wait in turn for what only passes time. */
const CHANGE = [
  '-json',
  '-auto-approve',
  '-input=false',
  '-parallelism=20',
  '-var-file=check.tfvars',
]

/** Copies the configuration, starts moto, and readies the example to be applied there. */
export async function openExample(name: 'dev' | 'prod', signal: AbortSignal): Promise<Example> {
  const folder = `examples/${name}` as const
  const workspace = openWorkspace(signal)
  const path = (file: string) => join(workspace.folder, folder, file)
  let moto: Moto | undefined
  async function close() {
    await moto?.stop()
    workspace.remove()
  }
  try {
    moto = await startMoto(signal)
    writeFileSync(path('check_override.tf'), override(name, moto.url))
    writeFileSync(path('check.tf'), CERTIFICATE)
    writeFileSync(path('check.tfvars'), CONFIGURATIONS[folder])
    await workspace.run(folder, ['init', '-input=false'])
  } catch (error) {
    await close()
    throw error
  }

  const variables = (given: readonly string[]) => given.map((input) => `-var=${input}`)
  async function change(
    command: 'apply' | 'destroy',
    given: readonly string[],
    targets: readonly string[],
  ) {
    const args = [...CHANGE, ...variables(given), ...targets.map((target) => `-target=${target}`)]
    await workspace.run(folder, [command, ...args]).catch((error: unknown) => {
      if (!(error instanceof CommandFailed)) throw error
      if (signal.aborted) throw new Error(`${folder}: ${error.message}`)
      const found = failures(error.output)
      throw found.reasons.length > 0 ? new Refused(command, found) : error
    })
  }
  const addresses = async (names: readonly string[]) =>
    (await workspace.run(folder, ['state', 'list']))
      .split('\n')
      .filter((address) => names.includes(resourceOf(address)))

  return {
    moto,
    apply: (given = [], targets = []) => change('apply', given, targets),
    destroy: (targets = []) => change('destroy', [], targets),
    async plan(given = []) {
      const log = { TF_LOG_PROVIDER: 'DEBUG', TF_LOG_PATH: path('plan.log') }
      const args = ['-input=false', '-no-color', '-var-file=check.tfvars', ...variables(given)]
      await workspace.run(folder, ['plan', '-out=check.plan', ...args], log)
      const plan = JSON.parse(await workspace.run(folder, ['show', '-json', 'check.plan']))
      const changes = (plan.resource_changes as PlannedChange[])
        .map(({ address, change: { actions } }) => ({ address, actions }))
        .filter(({ actions }) => actions[0] !== 'no-op')
      return { changes, actions: actionsIn(readFileSync(path('plan.log'), 'utf8')) }
    },
    async outputs() {
      const outputs = JSON.parse(await workspace.run(folder, ['output', '-json']))
      return outputs.pushcart.value as Outputs
    },
    async resources() {
      const { values } = JSON.parse(await workspace.run(folder, ['show', '-json']))
      return values === undefined ? [] : flatten(values.root_module)
    },
    addresses,
    async forget(names) {
      const found = await addresses(names)
      if (found.length > 0) await workspace.run(folder, ['state', 'rm', ...found])
    },
    leaveOut(names) {
      const file = join(workspace.folder, 'modules/ecs/check_override.tf')
      writeFileSync(file, names.map(leftOut).join(''))
    },
    close,
  }
}

interface PlannedChange {
  readonly address: string
  readonly change: { readonly actions: readonly string[] }
}
