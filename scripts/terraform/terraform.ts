import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from './child.ts'
import { waitingResources } from './progress.ts'

/** The folder of the configuration. */
export const SOURCE = fileURLToPath(new URL('../../terraform', import.meta.url))

/** A copy of the configuration to run Terraform in, so that nothing is left in the tree. */
export interface Workspace {
  readonly folder: string
  /** Runs terraform in a folder of the copy. Rejects with a `CommandFailed` that says what it printed. */
  run(folder: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>
  remove(): void
}

/** Whether there is a `terraform` that runs. */
export function hasTerraform(): boolean {
  return spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0
}

/** A folder of provider packages, where there is one: Terraform then downloads none. */
function findPlugins(env: NodeJS.ProcessEnv): string | undefined {
  const places = ['/opt', '/usr/share', '/usr/local/share', homedir()]
  return [env.PUSHCART_TF_PLUGINS ?? '', ...places.map((place) => join(place, 'tf-plugins'))].find(
    (folder) => folder !== '' && existsSync(folder),
  )
}

/** Provider settings under which a plan asks nobody anything. */
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

/** Copies the configuration to a temporary folder. An abort of `signal` ends what runs there. */
export function openWorkspace(signal: AbortSignal): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'pushcart-terraform-'))
  cpSync(SOURCE, folder, {
    recursive: true,
    filter: (path) => !/\.terraform$|\.tfstate|\.terraform\.lock\.hcl$|override\.tf$/.test(path),
  })
  const plugins = findPlugins(process.env)
  const env = cliEnvironment(folder, plugins)
  return {
    folder,
    run: (where, args, more) =>
      runChild('terraform', args, {
        cwd: join(folder, where),
        env: { ...env, ...more },
        signal,
        waitingFor: waitingResources,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function cliEnvironment(folder: string, plugins: string | undefined): NodeJS.ProcessEnv {
  // The user's own keys and arguments must play no part.
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|TF_)/.test(name) || /^TF_(CLI_CONFIG_FILE|PLUGIN_CACHE_DIR)$/.test(name),
  )
  const env = { ...Object.fromEntries(kept), TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' }
  if (plugins === undefined) return env
  const file = join(folder, 'plugins.tfrc')
  writeFileSync(
    file,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(plugins)}\n  }\n}\n`,
  )
  return { ...env, TF_CLI_CONFIG_FILE: file }
}
