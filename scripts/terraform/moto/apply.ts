import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { step } from '../../step.ts'
import { openWorkspace } from '../terraform.ts'
import { runContract } from './contract.ts'
import { startMoto } from './server.ts'
import { checkTable } from './table.ts'

const MODULE = 'modules/dynamodb'
const TABLE = 'pushcart-check-carts'

/** Applies the module of the table to moto_server, compares the table with the service's, and runs the contract suite on it. */
export async function applyToMoto(): Promise<void> {
  using workspace = openWorkspace()
  await using moto = await startMoto()
  writeFileSync(join(workspace.folder, MODULE, 'check.tf'), provider(moto.url))
  writeFileSync(join(workspace.folder, MODULE, 'check.tfvars'), INPUTS)
  await step('moto: apply the table', async () => {
    await workspace.run(MODULE, ['init', '-input=false'])
    await workspace.run(MODULE, [
      'apply',
      '-input=false',
      '-auto-approve',
      '-var-file=check.tfvars',
    ])
  })
  await step('moto: the table is the one that the service creates', () =>
    checkTable(moto.url, TABLE),
  )
  const report = join(workspace.folder, 'contract.json')
  await step('moto: contract suite on the table, cases', () => runContract(moto.url, TABLE, report))
}

/** The inputs of the module. */
export const INPUTS = `name = "${TABLE}"
production = false
region = "us-east-1"
partition = "aws"
account_id = "123456789012"
max_read_units = 500
max_write_units = 500
`

function provider(url: string): string {
  return `provider "aws" {
  region                      = "us-east-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {
    dynamodb = "${url}"
    sts      = "${url}"
  }
}
`
}
