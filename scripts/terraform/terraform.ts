import { execFile, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the configuration. */
export const SOURCE = fileURLToPath(new URL('../../terraform', import.meta.url))

/** What can be planned by itself: the root and the examples. */
export const CONFIGURATIONS = ['.', 'examples/dev', 'examples/prod']

/** A copy of the configuration to run Terraform in, so that nothing is left in the tree. */
export interface Workspace {
  readonly folder: string
  /** Runs terraform in a folder of the copy. Throws with what it printed when it fails. */
  run(folder: string, args: readonly string[]): Promise<string>
  remove(): void
}

/** Whether there is a `terraform` that runs. */
export function hasTerraform(): boolean {
  return spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0
}

/** A folder of provider packages, where there is one: Terraform then downloads none. */
export function findPlugins(env: NodeJS.ProcessEnv): string | undefined {
  const places = ['/opt', '/usr/share', '/usr/local/share', homedir()]
  return [env.PUSHCART_TF_PLUGINS ?? '', ...places.map((place) => join(place, 'tf-plugins'))].find(
    (folder) => folder !== '' && existsSync(folder),
  )
}

/** Provider settings under which a plan asks nobody anything; `localhost` answers in place of AWS where it is applied. */
export function providerOverride(endpoints = ''): string {
  return `provider "aws" {
  region                      = "us-east-1"
  access_key                  = "dummy"
  secret_key                  = "dummy"
  allowed_account_ids         = null
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  s3_use_path_style           = true
${endpoints}}
`
}

/** Copies the configuration to a temporary folder. */
export function openWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'pushcart-terraform-'))
  cpSync(SOURCE, folder, {
    recursive: true,
    filter: (path) => !/\.terraform$|\.tfstate|\.terraform\.lock\.hcl$|override\.tf$/.test(path),
  })
  const plugins = findPlugins(process.env)
  const env = cliEnvironment(folder, plugins)
  return {
    folder,
    run: (where, args) => execute(join(folder, where), args, env),
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

function execute(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('terraform', [...args], { cwd, env, maxBuffer: 2 ** 29 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`terraform ${args.join(' ')}\n${tail(stdout)}${tail(stderr)}`.trim()))
    })
  })
}

/** The end of a long output is where the reason is. */
function tail(output: string): string {
  return output.length > 4000 ? `...${output.slice(-4000)}` : output
}
