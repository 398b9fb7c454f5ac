import { execFile, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder of the configuration. */
export const SOURCE = fileURLToPath(new URL('../../terraform', import.meta.url))

/** A command that takes longer hangs: the slowest, `terraform test`, takes one to two minutes on two cores. */
const TIMEOUT_MS = 15 * 60_000

/** A copy of the configuration to run Terraform in, so that nothing is left in the checkout. Disposal removes it. */
export interface Workspace extends Disposable {
  readonly folder: string
  /**
   * Runs terraform in a folder of the copy and resolves with its standard output.
   *
   * @throws Error with the standard error of a command that failed
   */
  run(folder: string, args: readonly string[]): Promise<string>
}

/** Why Terraform cannot be run on this machine; undefined if it can. */
export function reasonNotToCheck(): string | undefined {
  const { status } = spawnSync('terraform', ['version'], { stdio: 'ignore' })
  return status === 0 ? undefined : 'terraform is not installed'
}

/** Provider settings with which a plan makes no call to AWS. */
export const PLAN_ONLY = `provider "aws" {
  region                      = "us-east-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  allowed_account_ids         = null
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}
`

/** Copies the configuration to a temporary folder. */
export function openWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'pushcart-terraform-'))
  cpSync(SOURCE, folder, {
    recursive: true,
    filter: (path) => !/\.terraform$|\.tfstate|override\.tf$/.test(path),
  })
  const env = environment(folder)
  return {
    folder,
    async run(where, args) {
      const cwd = join(folder, where)
      const limits = { maxBuffer: 2 ** 28, timeout: TIMEOUT_MS }
      const { stdout } = await promisify(execFile)('terraform', args, { cwd, env, ...limits })
      return stdout
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  // The user's own AWS keys and Terraform arguments must have no effect.
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|TF_)/.test(name) || /^TF_(CLI_CONFIG_FILE|PLUGIN_CACHE_DIR)$/.test(name),
  )
  const env = { ...Object.fromEntries(kept), TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' }
  const plugins = findPlugins()
  if (plugins === undefined) return env
  const file = join(folder, 'plugins.tfrc')
  const mirror = `filesystem_mirror {\n    path = ${JSON.stringify(plugins)}\n  }`
  writeFileSync(file, `provider_installation {\n  ${mirror}\n}\n`)
  return { ...env, TF_CLI_CONFIG_FILE: file }
}

/** A folder of provider packages, if there is one: Terraform then downloads none. */
function findPlugins(): string | undefined {
  const places = ['/opt', '/usr/share', '/usr/local/share', homedir()]
  const folders = [
    process.env.PUSHCART_TF_PLUGINS ?? '',
    ...places.map((place) => join(place, 'tf-plugins')),
  ]
  return folders.find((folder) => folder !== '' && existsSync(folder))
}
